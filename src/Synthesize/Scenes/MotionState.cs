using Unreel.Synthesize.Rendering;
using Unreel.Video;

namespace Unreel.Synthesize.Scenes;

/// <summary>Where one moving object of a labelled video is, as a function of the frame.</summary>
/// <param name="X">Place in frame 0, uniform over the canvas, in scene units.</param>
/// <param name="Y">As <paramref name="X"/>.</param>
/// <param name="Angle">Angle in frame 0, uniform over a turn.</param>
/// <param name="Size">Where between smallest and largest the object is in frame 0, uniform over [0, 1).</param>
/// <param name="Phase">Where on its swing or circle the object is in frame 0, uniform over a turn.</param>
internal readonly record struct MotionState(double X, double Y, double Angle, double Size, double Phase)
{
    private const double Smallest = 0.6, Largest = 1.5;

    /// <summary>Draws a state: always five numbers.</summary>
    public static MotionState Draw(ref RandomStream random) => new(
        Uniform.Next(ref random) * View.SceneSide,
        Uniform.Next(ref random) * View.SceneSide,
        Uniform.Next(ref random),
        Uniform.Next(ref random),
        Uniform.Next(ref random));

    /// <summary>Place, angle (clockwise as seen, in turns) and scale in a frame.</summary>
    public (double X, double Y, double Angle, double Scale) At(double frame, in MotionCourse course)
    {
        double sign = course.Motion is SynthesisMotion.TranslateLeft or SynthesisMotion.TranslateUp
            or SynthesisMotion.RotateCounterClockwise or SynthesisMotion.Shrink ? -1 : 1;
        double advance = sign * frame * course.Rate;
        (double x, double y, double angle, double size) = (X, Y, Angle, Size);
        switch (course.Motion)
        {
            case SynthesisMotion.TranslateLeft or SynthesisMotion.TranslateRight:
                x += advance;
                break;
            case SynthesisMotion.TranslateUp or SynthesisMotion.TranslateDown:
                y += advance;
                break;
            case SynthesisMotion.RotateClockwise or SynthesisMotion.RotateCounterClockwise:
                angle += advance;
                break;
            case SynthesisMotion.Grow or SynthesisMotion.Shrink:
                size += advance;
                break;
            case SynthesisMotion.Oscillate:
                double swing = course.Width * Turn.CosSin(Phase + advance).Sin;
                (x, y) = (x + (swing * course.DirectionX), y + (swing * course.DirectionY));
                break;
            case SynthesisMotion.Orbit:
                (double cos, double sin) = Turn.CosSin(Phase + (advance * course.Sense));
                (x, y) = (x + (course.Width * cos), y + (course.Width * sin));
                break;
        }

        return (Wrap(x, View.SceneSide), Wrap(y, View.SceneSide), angle, Smallest + ((Largest - Smallest) * Wrap(size, 1)));
    }

    private static double Wrap(double value, double period) => value - (period * Math.Floor(value / period));
}

/// <summary>The motion all objects of a labelled video share.</summary>
/// <param name="Motion">The label.</param>
/// <param name="Rate">Units a frame: pixels of 256, turns, or shares of the range of sizes.</param>
/// <param name="Width">How far a swing or a circle reaches from its middle.</param>
/// <param name="DirectionX">Direction of a swing.</param>
/// <param name="DirectionY">As <paramref name="DirectionX"/>.</param>
/// <param name="Sense">1 or -1: which way round a circle.</param>
internal readonly record struct MotionCourse(SynthesisMotion Motion, double Rate, double Width, double DirectionX, double DirectionY, double Sense)
{
    /// <summary>Draws a course: always four numbers.</summary>
    public static MotionCourse Draw(SynthesisMotion motion, double speedFactor, ref RandomStream random)
    {
        double speed = Uniform.Next(ref random), width = Uniform.Next(ref random, 16, 36);
        (double x, double y) = Turn.CosSin(Uniform.Next(ref random));
        double sense = Uniform.Next(ref random) < 0.5 ? -1 : 1;
        (double slow, double fast) = motion switch
        {
            SynthesisMotion.RotateClockwise or SynthesisMotion.RotateCounterClockwise => (1.5 / 360, 4.0 / 360),
            SynthesisMotion.Grow or SynthesisMotion.Shrink => (1.0 / 120, 1.0 / 60),
            SynthesisMotion.Oscillate or SynthesisMotion.Orbit => (1.0 / 64, 1.0 / 28),
            SynthesisMotion.Still => (0, 0),
            _ => (1.2, 3.0),
        };
        return new MotionCourse(motion, speedFactor * (slow + ((fast - slow) * speed)), width, x, y, sense);
    }
}
