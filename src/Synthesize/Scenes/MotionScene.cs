using Unreel.Synthesize.Rendering;
using Unreel.Video;

namespace Unreel.Synthesize.Scenes;

/// <summary>
/// One labelled video: clutter that sways lightly, and in front of it objects on a torus, so that what leaves on one side
/// enters on the other and is never out of sight. Each object is a body with a smaller mark off its middle, which shows
/// turning whatever the body's form.
/// </summary>
internal sealed class MotionScene(MotionPreset preset, ulong seed) : ILoadableScene
{
    // Body and mark, each where it is and once more past every border.
    private const int Parts = 2, Copies = 4, PartsAndCopies = Parts * Copies;

    private readonly Figure[] _clutter = new Figure[preset.Clutter];
    private readonly Sway[] _sways = new Sway[preset.Clutter];
    private readonly Figure[] _parts = new Figure[preset.MaxObjects * Parts];
    private readonly MotionState[] _states = new MotionState[preset.MaxObjects];
    private int _moving;

    /// <summary>What all objects do.</summary>
    public MotionCourse Course { get; private set; }

    /// <summary>The moving objects' states.</summary>
    public ReadOnlySpan<MotionState> States => _states.AsSpan(0, _moving);

    /// <inheritdoc/>
    public int Objects => _clutter.Length + (_moving * PartsAndCopies);

    /// <inheritdoc/>
    public Rgb Background { get; private set; }

    /// <inheritdoc/>
    public bool IsStill => Course.Motion == SynthesisMotion.Still && (preset.Sway == 0 || preset.Clutter == 0);

    /// <inheritdoc/>
    public void Load(int index)
    {
        (int group, int label) = Math.DivRem(index, preset.Motions.Count);
        RandomStream appearance = new(seed, "motions.appearance", (ulong)group);
        Background = Dim(Rgb.Draw(ref appearance));
        for (int i = 0; i < _clutter.Length; i++)
        {
            (_clutter[i], _sways[i]) = (NextFigure(ref appearance, 12, 44), Sway.Draw(preset.Sway, ref appearance));
            _clutter[i].Colour = Dim(_clutter[i].Colour);
        }

        _moving = appearance.NextInt(preset.MinObjects, preset.MaxObjects + 1);
        for (int i = 0; i < _moving; i++)
            SetParts(i, ref appearance);

        RandomStream state = new(seed, "motions.state", (ulong)index);
        Course = MotionCourse.Draw(preset.Motions[label], preset.SpeedFactor, ref state);
        for (int i = 0; i < _moving; i++)
            _states[i] = MotionState.Draw(ref state);
    }

    /// <inheritdoc/>
    public Rgb Colour(int index) => index < _clutter.Length ? _clutter[index].Colour : _parts[Part(index).Part].Colour;

    /// <inheritdoc/>
    public bool TryPlace(int index, int frame, View view, ref Outline outline)
    {
        if (index >= _clutter.Length)
            return TryPlaceMoving(index, frame, view, ref outline);

        (double x, double y) = _sways[index].At(frame);
        return View.Touches(x, y, _clutter[index].Reach) && _clutter[index].TryPlace(x, y, Matrix.Identity, view, ref outline);
    }

    /// <inheritdoc/>
    public (Pose From, Pose To) Poses(int index, int frame, int other)
    {
        if (index < _clutter.Length)
            return (SwayPose(index, frame), SwayPose(index, other));

        (int part, int copy) = Part(index);
        (Pose from, _) = MovingPose(part, copy, frame);
        (Pose to, _) = MovingPose(part, 0, other);
        return (from, to with { X = Nearest(to.X, from.X), Y = Nearest(to.Y, from.Y) });
    }

    private bool TryPlaceMoving(int index, int frame, View view, ref Outline outline)
    {
        (int part, int copy) = Part(index);
        ref readonly Figure figure = ref _parts[part];
        (Pose pose, double scale) = MovingPose(part, copy, frame);
        return View.Touches(pose.X, pose.Y, figure.Reach * scale) && figure.TryPlace(pose.X, pose.Y, pose.Matrix, view, ref outline);
    }

    private (Pose Pose, double Scale) MovingPose(int part, int copy, int frame)
    {
        (double x, double y, double angle, double scale) = _states[part / Parts].At(frame, Course);
        x += OtherSide(x, copy & 1);
        y += OtherSide(y, copy >> 1);
        (double cos, double sin) = Turn.CosSin(angle);
        return (new Pose(x, y, new Matrix(scale * cos, -scale * sin, scale * sin, scale * cos)), scale);
    }

    private Pose SwayPose(int index, int frame)
    {
        (double x, double y) = _sways[index].At(frame);
        return new Pose(x, y, Matrix.Identity);
    }

    // Of all the copies of a place on the torus, the one that lies nearest to another place: nothing goes half round between two frames.
    private static double Nearest(double place, double other) =>
        place - (View.SceneSide * Math.Round((place - other) / View.SceneSide));

    // The copy nearest to the canvas lies past the border that is further away.
    private static double OtherSide(double place, int copy) =>
        copy == 0 ? 0 : place < View.SceneSide / 2 ? View.SceneSide : -View.SceneSide;

    private (int Part, int Copy) Part(int index)
    {
        (int moving, int rest) = Math.DivRem(index - _clutter.Length, PartsAndCopies);
        (int part, int copy) = Math.DivRem(rest, Copies);
        return ((moving * Parts) + part, copy);
    }

    private void SetParts(int moving, ref RandomStream appearance)
    {
        double radius = Uniform.Next(ref appearance, preset.MinRadius, preset.MaxRadius);
        _parts[moving * Parts] = BodyFigure(radius, ref appearance);
        _parts[moving * Parts].Colour = Brighten(Rgb.Draw(ref appearance));

        // A pivot off the mark's own middle puts the mark off the body's, and turns it about that.
        double size = Uniform.Next(ref appearance, 0.2, 0.28) * radius;
        SynthesisShape shape = NextInt(ref appearance, 2) == 0 ? SynthesisShape.OrientedSquare : SynthesisShape.Square;
        _parts[(moving * Parts) + 1] = Figure.Draw(shape, size, size + (0.27 * radius), ref appearance);
        _parts[(moving * Parts) + 1].Colour = Dim(Rgb.Draw(ref appearance));
    }

    private Rgb Dim(Rgb colour) => Map(colour, 0);

    private Rgb Brighten(Rgb colour) => Map(colour, preset.Contrast);

    // Squeezes a colour's range to what the contrast leaves of it, from a lowest brightness up.
    private Rgb Map(Rgb colour, double lowest)
    {
        double share = 1 - preset.Contrast, floor = 255 * lowest;
        return new Rgb((byte)(floor + (share * colour.R)), (byte)(floor + (share * colour.G)), (byte)(floor + (share * colour.B)));
    }

    private static Figure BodyFigure(double radius, ref RandomStream appearance)
    {
        ReadOnlySpan<SynthesisShape> bodies = [SynthesisShape.Circle, SynthesisShape.Square, SynthesisShape.OrientedSquare, SynthesisShape.Rectangle];
        SynthesisShape shape = bodies[NextInt(ref appearance, bodies.Length)];
        double half = shape == SynthesisShape.Square ? 0.8 * radius : radius;
        return Figure.Draw(shape, half, half, ref appearance);
    }

    private static Figure NextFigure(ref RandomStream appearance, double smallest, double largest)
    {
        double radius = Uniform.Next(ref appearance, smallest, largest);
        SynthesisShape shape = (SynthesisShape)NextInt(ref appearance, 6);
        Figure figure = Figure.Draw(shape, radius, radius, ref appearance);
        figure.Colour = Rgb.Draw(ref appearance);
        return figure;
    }

    private static int NextInt(ref RandomStream random, int bound) => (int)(Uniform.Next(ref random) * bound);

    // A background object's place and its swing about it.
    private readonly record struct Sway(double X, double Y, double StepX, double StepY, double Rate, double Phase)
    {
        private const double Margin = 24;

        public static Sway Draw(double most, ref RandomStream random)
        {
            double x = Uniform.Next(ref random, -Margin, View.SceneSide + Margin), y = Uniform.Next(ref random, -Margin, View.SceneSide + Margin);
            (double cos, double sin) = Turn.CosSin(Uniform.Next(ref random));
            double reach = Uniform.Next(ref random, 0, most), rate = Uniform.Next(ref random, 1.0 / 60, 1.0 / 20);
            return new Sway(x, y, reach * cos, reach * sin, rate, Uniform.Next(ref random));
        }

        public (double X, double Y) At(double frame)
        {
            double swing = Turn.CosSin(Phase + (Rate * frame)).Sin;
            return (X + (swing * StepX), Y + (swing * StepY));
        }
    }
}
