using Unreel.Synthesize.Scenes;

namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>Tells the kind of an object from its corners alone.</summary>
internal static class FigureForms
{
    private const double Rounding = 1e-9;

    /// <summary>The kind. By chance a quadrilateral looks like another kind once in 10^9.</summary>
    public static SynthesisShape Kind(in MovingObject item)
    {
        Figure figure = item.Figure;
        if (figure.Corners < 4)
            return figure.Corners == 0 ? SynthesisShape.Circle : SynthesisShape.Triangle;
        if (figure.X[0] == -item.Pivot && figure.Y[0] == -item.Pivot)
            return SynthesisShape.Square;

        (double x, double y) = (figure.X[2] - figure.X[0], figure.Y[2] - figure.Y[0]);
        (double otherX, double otherY) = (figure.X[3] - figure.X[1], figure.Y[3] - figure.Y[1]);
        double diameter = 2 * figure.Radius;
        bool areDiameters = IsNear((x * x) + (y * y), diameter * diameter) && IsNear((otherX * otherX) + (otherY * otherY), diameter * diameter);
        if (!areDiameters)
            return SynthesisShape.Quadrilateral;

        return Math.Abs((x * otherX) + (y * otherY)) < Rounding * diameter * diameter ? SynthesisShape.OrientedSquare : SynthesisShape.Rectangle;
    }

    /// <summary>Where a corner lies about the middle of the box: in turns from -0.5 to 0.5, and how far in radii.</summary>
    public static (double Turns, double Radii) Corner(in MovingObject item, int corner)
    {
        double middle = item.Figure.Radius - item.Pivot;
        (double x, double y) = (item.Figure.X[corner] - middle, item.Figure.Y[corner] - middle);
        return (Math.Atan2(y, x) / Math.Tau, Math.Sqrt((x * x) + (y * y)) / item.Figure.Radius);
    }

    private static bool IsNear(double value, double expected) => Math.Abs(value - expected) < Rounding * expected;
}
