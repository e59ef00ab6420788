using System.Numerics;

namespace Unreel.Video;

/// <summary>Gathers the motion vectors of a clip's frames into a field.</summary>
internal sealed class VectorField(int frames, int size, int side)
{
    private readonly MotionField _field = new(frames, size, side);
    private readonly bool[] _has = new bool[frames];

    /// <summary>Takes the vectors of one frame; null for none.</summary>
    public void Put(int position, VectorGrid? vectors, LookGeometry geometry)
    {
        _has[position] = vectors is not null;
        vectors?.Lay(geometry, _field.Frame(position), side);
    }

    /// <summary>The field. Frames without vectors take those of the nearest frame that has some, of two equally near the earlier.</summary>
    /// <exception cref="VideoException">No frame has any.</exception>
    public MotionField Finish(string name, ReadOnlySpan<int> numbers)
    {
        int[] with = [.. Enumerable.Range(0, frames).Where(frame => _has[frame])];
        if (with.Length == 0)
            throw new VideoException($"clips: '{name}' has no motion vectors in its frames {numbers[0]} to {numbers[^1]}; mask 'motion-flow' works without them.");

        foreach (int without in Enumerable.Range(0, frames).Where(frame => !_has[frame]))
        {
            Span<Vector2> nearest = _field.Frame(with.MinBy(frame => Math.Abs(frame - without)));
            nearest.CopyTo(_field.Frame(without));
        }

        return _field;
    }
}
