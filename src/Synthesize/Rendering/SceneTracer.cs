using System.Numerics;

namespace Unreel.Synthesize.Rendering;

/// <summary>Where an object's pivot is, in scene units, and how the object lies about it.</summary>
internal readonly record struct Pose(double X, double Y, Matrix Matrix);

/// <summary>Follows points of a scene from frame to frame: each goes with the topmost object that is seen there; what is behind all objects stays.</summary>
/// <remarks>Movement within a texture is not followed. For one thread at a time.</remarks>
internal sealed class SceneTracer(int side)
{
    private readonly View _view = new(side);
    private Outline _outline;
    private int[] _open = [];

    /// <summary>Says how far what is seen at points of a frame is from there in another.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="frame">The frame in which the points lie.</param>
    /// <param name="other">The other frame.</param>
    /// <param name="points">In pixels from the canvas's left and top edges.</param>
    /// <param name="ways">Receives the displacement of each in pixels.</param>
    public void Displace(IScene scene, int frame, int other, ReadOnlySpan<Vector2> points, Span<Vector2> ways)
    {
        ways.Clear();
        if (_open.Length < points.Length)
            _open = new int[points.Length];
        int left = points.Length;
        for (int i = 0; i < left; i++)
            _open[i] = i;

        for (int i = scene.Objects - 1; i >= 0 && left > 0 && frame != other && !scene.IsStill; i--)
        {
            if (scene.TryPlace(i, frame, _view, ref _outline))
                left = Follow(scene.Poses(i, frame, other), points, ways, left);
        }
    }

    // Moves the points on the outline that is placed, and keeps the others.
    private int Follow((Pose From, Pose To) poses, ReadOnlySpan<Vector2> points, Span<Vector2> ways, int left)
    {
        Matrix from = poses.From.Matrix, to = poses.To.Matrix;
        double determinant = (from.M00 * from.M11) - (from.M01 * from.M10);
        int kept = 0;
        for (int i = 0; i < left; i++)
        {
            int place = _open[i];
            if (!Holds(points[place]))
            {
                _open[kept++] = place;
                continue;
            }

            double x = ToScene(points[place].X), y = ToScene(points[place].Y), awayX = x - poses.From.X, awayY = y - poses.From.Y;
            double ownX = ((from.M11 * awayX) - (from.M01 * awayY)) / determinant, ownY = ((from.M00 * awayY) - (from.M10 * awayX)) / determinant;
            double wayX = poses.To.X + (to.M00 * ownX) + (to.M01 * ownY) - x, wayY = poses.To.Y + (to.M10 * ownX) + (to.M11 * ownY) - y;
            ways[place] = new Vector2((float)(wayX * _view.Scale), (float)(wayY * _view.Scale));
        }

        return kept;
    }

    private double ToScene(double pixels) => (pixels / _view.Scale) - 0.5;

    private bool Holds(Vector2 point)
    {
        // Sample points are the middles of pixels.
        double x = point.X - 0.5, y = point.Y - 0.5;
        if (x < _outline.Left - 1 || x > _outline.Right + 1 || y < _outline.Top - 1 || y > _outline.Bottom + 1)
            return false;

        (x, y) = (x * Outline.Unit, y * Outline.Unit);
        return _outline.Corners == 0 ? EllipseHolds(x - _outline.CentreX, y - _outline.CentreY) : PolygonHolds(x, y);
    }

    private bool EllipseHolds(double dx, double dy) =>
        (_outline.A * dx * dx) + (2 * _outline.B * dx * dy) + (_outline.C * dy * dy) <= Outline.Edge;

    private bool PolygonHolds(double x, double y)
    {
        bool left = false, right = false;
        for (int i = 0; i < _outline.Corners; i++)
        {
            int next = i + 1 == _outline.Corners ? 0 : i + 1;
            double turn = ((_outline.X[next] - _outline.X[i]) * (y - _outline.Y[i])) - ((_outline.Y[next] - _outline.Y[i]) * (x - _outline.X[i]));
            left |= turn < 0;
            right |= turn > 0;
        }

        return !(left && right);
    }
}
