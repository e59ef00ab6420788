using System.Runtime.CompilerServices;
using Unreel.Synthesize.Rendering;
using Unreel.Video;

namespace Unreel.Synthesize.Scenes;

/// <summary>The form of an object about its pivot, in scene units, before any transform.</summary>
internal struct Figure
{
    /// <summary>Corners of the polygon, 0 for a circle.</summary>
    public int Corners;

    /// <summary>The corners relative to the pivot.</summary>
    public Four X;

    /// <inheritdoc cref="X"/>
    public Four Y;

    /// <summary>The circle's radius, or half the side of the polygon's box.</summary>
    public double Radius;

    /// <summary>The greatest distance of any of its points from the pivot.</summary>
    public double Reach;

    /// <summary>The colour.</summary>
    public Rgb Colour;

    /// <summary>Draws a form: always five numbers, so that no object's form depends on the kinds of those before it.</summary>
    /// <param name="shape">The kind.</param>
    /// <param name="radius">Half the side of the box.</param>
    /// <param name="pivot">Where in the box the pivot lies, on both axes; a circle's is its centre.</param>
    /// <param name="random">The stream of forms.</param>
    public static Figure Draw(SynthesisShape shape, double radius, double pivot, ref RandomStream random)
    {
        Span<double> draws = stackalloc double[5];
        foreach (ref double draw in draws)
            draw = Uniform.Next(ref random);

        Figure figure = new() { Radius = radius, Reach = radius };
        switch (shape)
        {
            case SynthesisShape.Circle:
                break;
            case SynthesisShape.Square:
                figure.SetCorners([0, 2, 2, 0], [0, 0, 2, 2], pivot);
                break;
            case SynthesisShape.OrientedSquare:
                figure.SetOnCircle([draws[0], draws[0] + 0.25, draws[0] + 0.5, draws[0] + 0.75], pivot);
                break;
            case SynthesisShape.Rectangle:
                double diagonal = 0.0625 + (draws[0] * 0.125);
                figure.SetOnCircle([diagonal, 0.5 - diagonal, 0.5 + diagonal, -diagonal], pivot);
                break;
            default:
                Span<double> angles = draws[..(shape == SynthesisShape.Triangle ? 3 : 4)];
                angles.Sort();
                figure.SetOnCircle(angles, pivot);
                break;
        }

        return figure;
    }

    /// <summary>Places the form under a matrix about its pivot; false if nothing of it can be seen.</summary>
    public readonly bool TryPlace(double x, double y, in Matrix matrix, View view, ref Outline outline)
    {
        if (Corners == 0)
        {
            double size = Radius * view.Scale;
            return outline.SetEllipse(view.ToPixels(x), view.ToPixels(y), matrix.M00 * size, matrix.M01 * size, matrix.M10 * size, matrix.M11 * size);
        }

        outline.Corners = Corners;
        for (int i = 0; i < Corners; i++)
        {
            outline.X[i] = Outline.ToUnits(view.ToPixels(x + ((matrix.M00 * X[i]) + (matrix.M01 * Y[i]))));
            outline.Y[i] = Outline.ToUnits(view.ToPixels(y + ((matrix.M10 * X[i]) + (matrix.M11 * Y[i]))));
        }

        return outline.ClosePolygon();
    }

    private void SetOnCircle(ReadOnlySpan<double> turns, double pivot)
    {
        Span<double> x = stackalloc double[turns.Length], y = stackalloc double[turns.Length];
        for (int i = 0; i < turns.Length; i++)
        {
            (double cos, double sin) = Turn.CosSin(turns[i]);
            (x[i], y[i]) = (1 + cos, 1 + sin);
        }

        SetCorners(x, y, pivot);
    }

    private void SetCorners(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double pivot)
    {
        Corners = x.Length;
        double furthest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            (X[i], Y[i]) = ((x[i] * Radius) - pivot, (y[i] * Radius) - pivot);
            furthest = Math.Max(furthest, (X[i] * X[i]) + (Y[i] * Y[i]));
        }

        Reach = Math.Sqrt(furthest);
    }

    /// <summary>Four coordinates.</summary>
    [InlineArray(4)]
    public struct Four
    {
        private double _first;
    }
}
