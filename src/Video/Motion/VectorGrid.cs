using System.Numerics;
using System.Runtime.InteropServices;

namespace Unreel.Video;

/// <summary>
/// The motion vectors of one frame, laid out on a grid over it. Cells without a vector, which were coded alone, take that of the
/// nearest that has one.
/// </summary>
internal sealed class VectorGrid
{
    /// <summary>Side of a cell in stored pixels: half of the blocks that most vectors are for.</summary>
    public const int Cell = 8;

    private const int Channels = 3;
    private float[] _cells = [];
    private int[] _queue = [];
    private int _columns;
    private int _rows;
    private Vector2 _cellSize;
    private Vector2 _stretch;

    /// <summary>Makes room for the vectors of a frame.</summary>
    /// <param name="stored">Its size as it is stored, upright.</param>
    /// <param name="shown">Its size with square pixels, in which displacements are told.</param>
    /// <returns>Three numbers a cell: the way to the right, the way down, and the area that vectors cover.</returns>
    public Span<float> Rent(FrameSize stored, FrameSize shown)
    {
        (_columns, _rows) = ((stored.Width + Cell - 1) / Cell, (stored.Height + Cell - 1) / Cell);
        _stretch = new Vector2((float)shown.Width / stored.Width, (float)shown.Height / stored.Height);
        _cellSize = _stretch * Cell;
        int numbers = checked(_columns * _rows * Channels);
        if (_cells.Length < numbers)
            _cells = new float[numbers];
        return _cells.AsSpan(0, numbers);
    }

    /// <summary>Gives cells without a vector the nearest one, over edges and corners alike.</summary>
    public void FillGaps()
    {
        int count = _columns * _rows, end = 0;
        if (_queue.Length < count)
            _queue = new int[count];
        for (int cell = 0; cell < count; cell++)
            if (_cells[(cell * Channels) + 2] > 0)
                _queue[end++] = cell;

        for (int next = 0; next < end && end < count; next++)
            end = Spread(_queue[next], end);
    }

    /// <summary>The mean displacement over a rectangle, in pixels a frame.</summary>
    /// <param name="low">Its left and top edges in pixels as shown.</param>
    /// <param name="high">Its right and bottom edges.</param>
    public Vector2 Mean(Vector2 low, Vector2 high)
    {
        Vector2 size = new(_columns, _rows);
        low = Vector2.Clamp(low / _cellSize, Vector2.Zero, size - new Vector2(0.001f));
        high = Vector2.Clamp(high / _cellSize, low + new Vector2(0.0005f), size);
        (Vector2 sum, float total) = (Vector2.Zero, 0);
        for (int row = (int)low.Y; row < high.Y; row++)
        {
            float down = Math.Min(high.Y, row + 1) - Math.Max(low.Y, row);
            for (int column = (int)low.X; column < high.X; column++)
            {
                float area = down * (Math.Min(high.X, column + 1) - Math.Max(low.X, column));
                sum += area * Way((row * _columns) + column);
                total += area;
            }
        }

        return sum / total * _stretch;
    }

    /// <summary>Lays the vectors over a clip: the mean of each cell of the field.</summary>
    /// <param name="geometry">What the clip shows.</param>
    /// <param name="ways">[row, column], a square of <paramref name="side"/>; in pixels of the clip a frame of the video.</param>
    /// <param name="side">Cells along a side of the field.</param>
    public void Lay(LookGeometry geometry, Span<Vector2> ways, int side)
    {
        float cell = (float)geometry.Size / side;
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                Vector2 corner = geometry.ToPicture(new Vector2(column, row) * cell), opposite = geometry.ToPicture(new Vector2(column + 1, row + 1) * cell);
                ways[(row * side) + column] = Mean(Vector2.Min(corner, opposite), Vector2.Max(corner, opposite)) * geometry.Scale;
            }
        }
    }

    private Vector2 Way(int cell) => MemoryMarshal.Cast<float, Vector2>(_cells.AsSpan(cell * Channels, 2))[0];

    private int Spread(int from, int end)
    {
        (int row, int column) = Math.DivRem(from, _columns);
        for (int y = Math.Max(row - 1, 0); y <= Math.Min(row + 1, _rows - 1); y++)
        {
            for (int x = Math.Max(column - 1, 0); x <= Math.Min(column + 1, _columns - 1); x++)
            {
                int cell = (y * _columns) + x;
                if (_cells[(cell * Channels) + 2] > 0)
                    continue;

                _cells.AsSpan(from * Channels, Channels).CopyTo(_cells.AsSpan(cell * Channels));
                _queue[end++] = cell;
            }
        }

        return end;
    }
}
