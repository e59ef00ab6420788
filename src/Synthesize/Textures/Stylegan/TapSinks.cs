using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>Adds up a 3x3 convolution from what each input pixel gives to its neighbours.</summary>
internal interface ITapSink
{
    /// <summary>Starts a convolution of an input of side <paramref name="side"/>.</summary>
    void Start(int side);

    /// <summary>
    /// Adds an input row. Each pixel has four groups of four: what it gives to the output row of kernel row 0, 1 and 2, from left to right
    /// in the output with the fourth 0, and one group that is no part of it.
    /// </summary>
    void Add(int row, ReadOnlySpan<Vector128<float>> groups);

    /// <summary>Writes the result.</summary>
    void Finish(Span<float> field);
}

/// <summary>The convolution that keeps the size, with zeros around the input.</summary>
internal sealed class PlainSink : ITapSink
{
    // One element more at each end of a row takes what falls beside the image.
    private readonly float[] _sums = new float[TexturePainter.Side * (TexturePainter.Side + 2)];
    private int _side;

    private int Stride => _side + 2;

    /// <inheritdoc/>
    public void Start(int side)
    {
        _side = side;
        _sums.AsSpan(0, side * Stride).Clear();
    }

    /// <inheritdoc/>
    public void Add(int row, ReadOnlySpan<Vector128<float>> groups)
    {
        for (int kernelRow = 0; kernelRow < 3; kernelRow++)
        {
            int to = row + 1 - kernelRow;
            if ((uint)to < (uint)_side)
                AddRow(groups[kernelRow..], _sums.AsSpan(to * Stride, Stride));
        }
    }

    /// <inheritdoc/>
    public void Finish(Span<float> field)
    {
        for (int row = 0; row < _side; row++)
            _sums.AsSpan((row * Stride) + 1, _side).CopyTo(field[(row * _side)..]);
    }

    private static void AddRow(ReadOnlySpan<Vector128<float>> groups, Span<float> sums)
    {
        Vector128<float> window = default;
        int to = 0;
        for (int i = 0; i < groups.Length; i += 4)
        {
            window += groups[i];
            sums[to++] += window[0];
            window = Vector128.Shuffle(window, Vector128.Create(1, 2, 3, 3));
        }

        sums[to] += window[0];
        sums[to + 1] += window[1];
    }
}

/// <summary>The convolution that doubles the size: zeros between the input's pixels, the kernel, and the filter [1, 3, 3, 1] / 4 in both directions.</summary>
internal sealed class UpsamplingSink : ITapSink
{
    private const int Lead = 1;
    private const int Largest = TexturePainter.Side;

    // Before the filter the side is 2 n + 1, with a margin of zeros of one before and of at least one after.
    private readonly float[] _sums = new float[(Largest + 3) * (Largest + 8)];
    private readonly float[] _filtered = new float[Largest + 8];
    private int _side;

    private int Stride => (2 * _side) + 8;

    /// <inheritdoc/>
    public void Start(int side)
    {
        _side = side;
        _sums.AsSpan(0, ((2 * side) + 3) * Stride).Clear();
    }

    /// <inheritdoc/>
    public void Add(int row, ReadOnlySpan<Vector128<float>> groups)
    {
        for (int kernelRow = 0; kernelRow < 3; kernelRow++)
            AddRow(groups[kernelRow..], _sums.AsSpan((((2 * row) + kernelRow + Lead) * Stride) + Lead, Stride - Lead));
    }

    /// <inheritdoc/>
    public void Finish(Span<float> field)
    {
        int side = 2 * _side;
        Span<float> filtered = _filtered.AsSpan(0, Stride);
        for (int row = 0; row < side; row++)
        {
            Filter(Row(row), Row(row + 1), Row(row + 2), Row(row + 3), filtered);
            Span<float> to = field.Slice(row * side, side);
            Filter(filtered, filtered[1..], filtered[2..], filtered[3..], to);
        }
    }

    private ReadOnlySpan<float> Row(int row) => _sums.AsSpan(row * Stride, Stride);

    private static void AddRow(ReadOnlySpan<Vector128<float>> groups, Span<float> sums)
    {
        Vector128<float> window = default;
        int to = 0;
        for (int i = 0; i < groups.Length; i += 4)
        {
            window += groups[i];
            sums[to] += window[0];
            sums[to + 1] += window[1];
            to += 2;
            window = Vector128.Shuffle(window, Vector128.Create(2, 3, 3, 3));
        }

        sums[to] += window[0];
    }

    private static void Filter(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d, Span<float> to)
    {
        ref float from0 = ref MemoryMarshal.GetReference(a), from1 = ref MemoryMarshal.GetReference(b);
        ref float from2 = ref MemoryMarshal.GetReference(c), from3 = ref MemoryMarshal.GetReference(d);
        ref float target = ref MemoryMarshal.GetReference(to);
        for (nuint i = 0; i < (nuint)to.Length; i += 8)
        {
            Vector256<float> outer = Vector256.LoadUnsafe(ref from0, i) + Vector256.LoadUnsafe(ref from3, i);
            Vector256<float> inner = Vector256.LoadUnsafe(ref from1, i) + Vector256.LoadUnsafe(ref from2, i);
            ((outer + (inner * 3)) * .25f).StoreUnsafe(ref target, i);
        }
    }
}
