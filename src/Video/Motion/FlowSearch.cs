using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unreel.Video;

/// <summary>Finds where windows of one picture are in another, at one level of a pyramid. For one thread at a time.</summary>
internal sealed class FlowSearch
{
    private const int Window = 8, Iterations = 6, Reach = Window;

    // What a pull of one pixel away from the start must gain in squared brightness: next to nothing where there is texture.
    private const float Inertia = 8;
    private const float Enough = 1e-4f;

    // A neighbour's answer must be clearly better to be taken over.
    private const float Better = 0.8f;

    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private readonly Vector256<float>[] _template = new Vector256<float>[Window];
    private readonly Vector256<float>[] _across = new Vector256<float>[Window];
    private readonly Vector256<float>[] _down = new Vector256<float>[Window];
    private FlowPlane _from = null!;
    private FlowPlane _to = null!;
    private int _left;
    private int _top;
    private float _xx;
    private float _xy;
    private float _yy;
    private float[] _errors = [];
    private Vector2[] _before = [];

    /// <summary>Improves displacements.</summary>
    /// <param name="from">The picture whose windows are looked for.</param>
    /// <param name="to">Where they are looked for.</param>
    /// <param name="ways">A guess for every cell of a grid [row, column], in pixels of this level; the answer replaces it.</param>
    /// <param name="side">Cells along a side.</param>
    public void Refine(FlowPlane from, FlowPlane to, Vector2[] ways, int side)
    {
        (_from, _to) = (from, to);
        if (_errors.Length < ways.Length)
            (_errors, _before) = (new float[ways.Length], new Vector2[ways.Length]);
        for (int cell = 0; cell < ways.Length; cell++)
        {
            SetTemplate(cell, side);
            ways[cell] = Follow(Best(ways[cell], Vector2.Zero), out _errors[cell]);
        }

        for (int cell = 0; cell < ways.Length; cell++)
            Ask(cell, ways, side);
        TakeMedians(ways, side);
    }

    // A window goes by a neighbour's answer where that fits clearly better than its own.
    private void Ask(int cell, Vector2[] ways, int side)
    {
        (int row, int column) = Math.DivRem(cell, side);
        bool set = false;
        for (int way = 0; way < 4; way++)
        {
            (int y, int x) = (row + ((way - 1) % 2), column + ((way - 2) % 2));
            if (y < 0 || x < 0 || y >= side || x >= side || Vector2.DistanceSquared(ways[cell], ways[(y * side) + x]) < 0.25f)
                continue;
            if (!set)
                SetTemplate(cell, side);

            set = true;
            if (Error(ways[(y * side) + x]) < Better * _errors[cell])
                ways[cell] = Follow(ways[(y * side) + x], out _errors[cell]);
        }
    }

    [MethodImpl(Hot)]
    private void SetTemplate(int cell, int side)
    {
        float size = (float)_from.Size / side;
        _left = (int)MathF.Floor(((cell % side) + 0.5f) * size + 0.5f) - (Window / 2);
        _top = (int)MathF.Floor(((cell / side) + 0.5f) * size + 0.5f) - (Window / 2);
        Vector256<float> xx = default, xy = default, yy = default;
        for (int row = 0; row < Window; row++)
        {
            ref float place = ref _from.At(_left, _top + row);
            Vector256<float> across = (Vector256.LoadUnsafe(ref Unsafe.Add(ref place, 1)) - Vector256.LoadUnsafe(ref Unsafe.Subtract(ref place, 1))) * 0.5f;
            Vector256<float> down = (Vector256.LoadUnsafe(ref Unsafe.Add(ref place, _from.Stride)) - Vector256.LoadUnsafe(ref Unsafe.Subtract(ref place, _from.Stride))) * 0.5f;
            (_template[row], _across[row], _down[row]) = (Vector256.LoadUnsafe(ref place), across, down);
            xx += across * across;
            xy += across * down;
            yy += down * down;
        }

        (_xx, _xy, _yy) = (Vector256.Sum(xx) + Inertia, Vector256.Sum(xy), Vector256.Sum(yy) + Inertia);
    }

    private Vector2 Best(Vector2 first, Vector2 second) => first == second || Error(first) <= Error(second) ? first : second;

    // Newton's steps, each exact for brightness that changes linearly; the last one that made things better counts.
    [MethodImpl(Hot)]
    private Vector2 Follow(Vector2 start, out float error)
    {
        Vector2 way = start, best = start;
        error = float.PositiveInfinity;
        for (int i = 0; i <= Iterations; i++)
        {
            float now = Compare(way, out Vector2 slope) + (Inertia * Vector2.DistanceSquared(way, start));
            if (!(now < error))
                break;

            (best, error) = (way, now);
            slope += Inertia * (way - start);
            Vector2 step = new Vector2((_yy * slope.X) - (_xy * slope.Y), (_xx * slope.Y) - (_xy * slope.X)) / ((_xx * _yy) - (_xy * _xy));
            if (step.LengthSquared() < Enough)
                break;

            way -= step;
        }

        return best;
    }

    private float Error(Vector2 way) => Compare(way, out _);

    // The squared difference between template and window, and how it falls off.
    [MethodImpl(Hot)]
    private float Compare(Vector2 way, out Vector2 slope)
    {
        float limit = _to.Size + Reach - Window;
        float x = Math.Clamp(_left + way.X, -Reach, limit), y = Math.Clamp(_top + way.Y, -Reach, limit);
        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        (float fractionX, float fractionY) = (x - left, y - top);
        ref float place = ref _to.At(left, top);
        Vector256<float> upper = Between(ref place, fractionX), squares = default, across = default, down = default;
        for (int row = 0; row < Window; row++)
        {
            place = ref Unsafe.Add(ref place, _to.Stride);
            Vector256<float> lower = Between(ref place, fractionX);
            Vector256<float> rest = upper + ((lower - upper) * fractionY) - _template[row];
            squares += rest * rest;
            across += rest * _across[row];
            down += rest * _down[row];
            upper = lower;
        }

        slope = new Vector2(Vector256.Sum(across), Vector256.Sum(down));
        return Vector256.Sum(squares);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Between(ref float place, float fraction)
    {
        Vector256<float> left = Vector256.LoadUnsafe(ref place);
        return left + ((Vector256.LoadUnsafe(ref Unsafe.Add(ref place, 1)) - left) * fraction);
    }

    private void TakeMedians(Vector2[] ways, int side)
    {
        if (side < 3)
            return;

        ways.CopyTo(_before, 0);
        Span<float> across = stackalloc float[9], down = stackalloc float[9];
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                int count = 0;
                for (int y = Math.Max(row - 1, 0); y <= Math.Min(row + 1, side - 1); y++)
                {
                    for (int x = Math.Max(column - 1, 0); x <= Math.Min(column + 1, side - 1); x++, count++)
                        (across[count], down[count]) = (_before[(y * side) + x].X, _before[(y * side) + x].Y);
                }

                ways[(row * side) + column] = new Vector2(Median(across[..count]), Median(down[..count]));
            }
        }
    }

    private static float Median(Span<float> values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            float value = values[i];
            int place = i;
            for (; place > 0 && values[place - 1] > value; place--)
                values[place] = values[place - 1];
            values[place] = value;
        }

        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
