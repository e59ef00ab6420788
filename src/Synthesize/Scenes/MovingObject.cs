using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Scenes;

/// <summary>An object of a scene: a form, a path and a transform, each a closed formula of the frame number.</summary>
internal struct MovingObject
{
    /// <summary>An object whose position leaves this range on either axis is gone for good.</summary>
    public const double RangeLow = -256, RangeHigh = 512;

    /// <summary>The form.</summary>
    public Figure Figure;

    /// <summary>Position in frame 0.</summary>
    public double X;

    /// <inheritdoc cref="X"/>
    public double Y;

    /// <summary>From position to pivot, on both axes.</summary>
    public double Pivot;

    /// <summary>Unit vector of the path.</summary>
    public double DirectionX;

    /// <inheritdoc cref="DirectionX"/>
    public double DirectionY;

    /// <summary>Way after t frames: (Speed + Acceleration t) t.</summary>
    public double Speed;

    /// <inheritdoc cref="Speed"/>
    public double Acceleration;

    /// <summary>Turns a frame.</summary>
    public double Rotation;

    /// <summary>Change of scale a frame.</summary>
    public double ScaleX;

    /// <inheritdoc cref="ScaleX"/>
    public double ScaleY;

    /// <summary>Change of shear a frame.</summary>
    public double ShearX;

    /// <inheritdoc cref="ShearX"/>
    public double ShearY;

    /// <summary>Whether the transform is anything but the identity.</summary>
    public bool Transforms;

    // Where a slowing object is furthest before it comes back.
    private double _turnFrame;
    private double _turnWay;

    /// <summary>Finds the turning point of a path whose speed and acceleration are set.</summary>
    public void FindTurn()
    {
        (_turnFrame, _turnWay) = (double.PositiveInfinity, 0);
        if (Acceleration >= 0)
            return;

        double before = Math.Floor(Speed / (-2 * Acceleration)), after = before + 1;
        _turnFrame = Way(after) > Way(before) ? after : before;
        _turnWay = Way(_turnFrame);
    }

    /// <summary>Places the object; false if it is gone, or nothing of it can be seen.</summary>
    public readonly bool TryPlace(int frame, View view, ref Outline outline)
    {
        double way = Way(frame);
        if (!IsInRange(way) || (frame > _turnFrame && !IsInRange(_turnWay)))
            return false;

        double x = X + (way * DirectionX) + Pivot, y = Y + (way * DirectionY) + Pivot;
        if (!View.Touches(x, y, Figure.Reach * Stretch(frame)))
            return false;

        return Figure.TryPlace(x, y, Transforms ? Transform(frame) : Matrix.Identity, view, ref outline);
    }

    /// <summary>How the object lies in a frame, seen or not.</summary>
    public readonly Pose PoseAt(int frame)
    {
        double way = Way(frame);
        return new Pose(X + (way * DirectionX) + Pivot, Y + (way * DirectionY) + Pivot, Transforms ? Transform(frame) : Matrix.Identity);
    }

    /// <summary>How a texture lies on the object in a frame: its corner is the corner of the object's box.</summary>
    public readonly TextureMap Texture(int frame, int texels, View view)
    {
        double way = Way(frame);
        double offset = Figure.Corners == 0 ? Figure.Radius : Pivot;
        Matrix matrix = Transforms ? Transform(frame) : Matrix.Identity;
        return TextureMap.Of(X + (way * DirectionX) + Pivot, Y + (way * DirectionY) + Pivot, offset, matrix, texels, view);
    }

    private readonly double Way(double frame) => (Speed + (Acceleration * frame)) * frame;

    private readonly bool IsInRange(double way)
    {
        double x = X + (way * DirectionX), y = Y + (way * DirectionY);
        return x > RangeLow && x < RangeHigh && y > RangeLow && y < RangeHigh;
    }

    // A bound on the norm of scale times shear; rotation has norm 1.
    private readonly double Stretch(int frame) => Transforms
        ? Math.Max(Math.Abs(1 + (frame * ScaleX)), Math.Abs(1 + (frame * ScaleY))) * (1 + (frame * Math.Max(Math.Abs(ShearX), Math.Abs(ShearY))))
        : 1;

    // Rotation times scale times shear.
    private readonly Matrix Transform(int frame)
    {
        (double cos, double sin) = Turn.CosSin(frame * Rotation);
        double scaleX = 1 + (frame * ScaleX), scaleY = 1 + (frame * ScaleY);
        double shearX = frame * ShearX, shearY = frame * ShearY;
        double m01 = scaleX * shearX, m10 = scaleY * shearY;
        return new Matrix(
            (cos * scaleX) - (sin * m10),
            (cos * m01) - (sin * scaleY),
            (sin * scaleX) + (cos * m10),
            (sin * m01) + (cos * scaleY));
    }
}
