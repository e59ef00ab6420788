using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Video;

/// <summary>Finds where windows of one picture are in another, at one level of a pyramid. For one thread at a time.</summary>
internal sealed class FlowSearch
{
    private const int Window = 8, Steps = 6, Reach = Window;

    // What a pull of one pixel away from the start must gain in squared brightness: next to nothing where there is texture.
    private const float Inertia = 8;

    // Steps shorter than a fiftieth of a pixel are not worth another look.
    private const float Enough = 4e-4f;

    // A window that differs by less than two shades a pixel is found; another answer must be clearly better to be taken over.
    private const float Found = 4 * Window * Window, Better = 0.8f;

    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private readonly Vector256<float>[] _template = new Vector256<float>[3 * Window];
    private readonly MedianFilter _medians = new();
    private FlowPlane _from = null!;
    private FlowPlane _to = null!;
    private int _left;
    private int _top;
    private float _xx;
    private float _xy;
    private float _yy;
    private float[] _errors = [];

    /// <summary>Improves displacements.</summary>
    /// <param name="from">The picture whose windows are looked for.</param>
    /// <param name="to">Where they are looked for.</param>
    /// <param name="ways">A guess for every cell of a grid [row, column], in pixels of this level; the answer replaces it.</param>
    /// <param name="side">Cells along a side.</param>
    public void Refine(FlowPlane from, FlowPlane to, Vector2[] ways, int side)
    {
        (_from, _to) = (from, to);
        if (_errors.Length < ways.Length)
            _errors = new float[ways.Length];
        for (int cell = 0; cell < ways.Length; cell++)
        {
            SetTemplate(cell, side);
            (ways[cell], _errors[cell]) = Follow(Start(ways[cell]));
        }

        for (int cell = 0; cell < ways.Length; cell++)
        {
            if (_errors[cell] > Found)
                AskNeighbours(cell, ways, side);
        }

        _medians.Apply(ways, side);
    }

    private Match Start(Vector2 guess)
    {
        Match first = Compare(guess);
        if (first.Error <= Found || guess == Vector2.Zero)
            return first;

        Match still = Compare(Vector2.Zero);
        return still.Error < first.Error ? still : first;
    }

    // A window goes by a neighbour's answer where that fits clearly better than its own.
    private void AskNeighbours(int cell, Vector2[] ways, int side)
    {
        (int row, int column) = Math.DivRem(cell, side);
        bool set = false;
        foreach ((int down, int across) in (ReadOnlySpan<(int, int)>)[(-1, 0), (0, -1), (0, 1), (1, 0)])
        {
            (int y, int x) = (row + down, column + across);
            if (y < 0 || x < 0 || y >= side || x >= side || Vector2.DistanceSquared(ways[cell], ways[(y * side) + x]) < 0.25f)
                continue;
            if (!set)
                SetTemplate(cell, side);

            set = true;
            Match match = Compare(ways[(y * side) + x]);
            if (match.Error < Better * _errors[cell])
                (ways[cell], _errors[cell]) = Follow(match);
        }
    }

    [MethodImpl(Hot)]
    private void SetTemplate(int cell, int side)
    {
        float size = (float)_from.Size / side;
        _left = (int)MathF.Floor(((cell % side) + 0.5f) * size + 0.5f) - (Window / 2);
        _top = (int)MathF.Floor(((cell / side) + 0.5f) * size + 0.5f) - (Window / 2);
        Vector256<float> xx = default, xy = default, yy = default;
        ref Vector256<float> template = ref MemoryMarshal.GetArrayDataReference(_template);
        ref float place = ref _from.At(_left, _top);
        for (int row = 0; row < Window; row++)
        {
            Vector256<float> across = (Vector256.LoadUnsafe(ref Unsafe.Add(ref place, 1)) - Vector256.LoadUnsafe(ref Unsafe.Subtract(ref place, 1))) * 0.5f;
            Vector256<float> down = (Vector256.LoadUnsafe(ref Unsafe.Add(ref place, _from.Stride)) - Vector256.LoadUnsafe(ref Unsafe.Subtract(ref place, _from.Stride))) * 0.5f;
            template = Vector256.LoadUnsafe(ref place);
            (Unsafe.Add(ref template, 1), Unsafe.Add(ref template, 2)) = (across, down);
            xx += across * across;
            xy += across * down;
            yy += down * down;
            template = ref Unsafe.Add(ref template, 3);
            place = ref Unsafe.Add(ref place, _from.Stride);
        }

        (_xx, _xy, _yy) = (Vector256.Sum(xx) + Inertia, Vector256.Sum(xy), Vector256.Sum(yy) + Inertia);
    }

    // Newton's steps, each exact for brightness that changes linearly; the last one that made things better counts.
    private (Vector2 Way, float Error) Follow(Match start)
    {
        (Match now, Match best) = (start, start);
        float least = start.Error;
        for (int i = 0; i < Steps; i++)
        {
            Vector2 slope = now.Slope + (Inertia * (now.Way - start.Way));
            Vector2 step = new Vector2((_yy * slope.X) - (_xy * slope.Y), (_xx * slope.Y) - (_xy * slope.X)) / ((_xx * _yy) - (_xy * _xy));
            if (step.LengthSquared() < Enough)
                break;

            now = Compare(now.Way - step);
            float cost = now.Error + (Inertia * Vector2.DistanceSquared(now.Way, start.Way));
            if (!(cost < least))
                break;

            (best, least) = (now, cost);
        }

        return (best.Way, best.Error);
    }

    // The squared difference between template and window, and how it falls off.
    [MethodImpl(Hot)]
    private Match Compare(Vector2 way)
    {
        float limit = _to.Size + Reach - Window;
        float x = Math.Clamp(_left + way.X, -Reach, limit), y = Math.Clamp(_top + way.Y, -Reach, limit);
        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        Vector256<float> fractionX = Vector256.Create(x - left), fractionY = Vector256.Create(y - top);
        ref float place = ref _to.At(left, top);
        ref Vector256<float> template = ref MemoryMarshal.GetArrayDataReference(_template);
        nint stride = _to.Stride;
        Vector256<float> upper = Between(ref place, fractionX), squares = default, across = default, down = default;
        for (int row = 0; row < Window; row++)
        {
            place = ref Unsafe.Add(ref place, stride);
            Vector256<float> lower = Between(ref place, fractionX);
            Vector256<float> rest = upper + ((lower - upper) * fractionY) - template;
            squares += rest * rest;
            across += rest * Unsafe.Add(ref template, 1);
            down += rest * Unsafe.Add(ref template, 2);
            upper = lower;
            template = ref Unsafe.Add(ref template, 3);
        }

        return new Match(way, Vector256.Sum(squares), new Vector2(Vector256.Sum(across), Vector256.Sum(down)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Between(ref float place, Vector256<float> fraction)
    {
        Vector256<float> left = Vector256.LoadUnsafe(ref place);
        return left + ((Vector256.LoadUnsafe(ref Unsafe.Add(ref place, 1)) - left) * fraction);
    }

    // How well a window fits at the end of a way, and how that changes.
    private readonly record struct Match(Vector2 Way, float Error, Vector2 Slope);
}
