using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// Gives a plane the histogram wanted: its own, in as many bins, is taken, and each edge of a bin moves to where the
/// wanted histogram has the same share below it; values between two edges move in proportion.
/// </summary>
internal sealed class HistogramMatch
{
    private const int Block = 512;
    private const int Copies = 4;
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private readonly int[] _bins = new int[Block];
    private readonly float[] _places = new float[Block];
    private int[] _counts = [];
    private float[] _edges = [];

    /// <summary>Changes <paramref name="values"/> in place.</summary>
    /// <param name="values">A multiple of eight of them; all the same stay what they are.</param>
    /// <param name="wanted">The histogram wanted.</param>
    public void Apply(Span<float> values, Histogram wanted)
    {
        (float low, float high) = PlaneMath.Range(values);
        if (!(high > low))
            return;

        int bins = wanted.Bins;
        if (_edges.Length <= bins)
            (_counts, _edges) = (new int[Copies * bins], new float[bins + 1]);
        float perValue = bins / (high - low);
        Count(values, low, perValue, bins);
        MoveEdges(wanted, values.Length);
        Move(values, low, perValue, bins);
    }

    [MethodImpl(Hot)]
    private void Count(ReadOnlySpan<float> values, float low, float perValue, int bins)
    {
        // Neighbours often fall into one bin; in four tables they do not wait for each other.
        Span<int> counts = _counts.AsSpan(0, Copies * bins);
        counts.Clear();
        for (int start = 0; start < values.Length; start += Block)
        {
            int length = Math.Min(Block, values.Length - start);
            Place(values.Slice(start, length), low, perValue, bins);
            ref int bin = ref MemoryMarshal.GetArrayDataReference(_bins);
            for (int i = 0; i < length; i += Copies)
            {
                counts[Unsafe.Add(ref bin, i)]++;
                counts[bins + Unsafe.Add(ref bin, i + 1)]++;
                counts[(2 * bins) + Unsafe.Add(ref bin, i + 2)]++;
                counts[(3 * bins) + Unsafe.Add(ref bin, i + 3)]++;
            }
        }
    }

    /// <summary>The bin of each value and how far into it the value lies, 0 to 1.</summary>
    [MethodImpl(Hot)]
    private void Place(ReadOnlySpan<float> values, float low, float perValue, int bins)
    {
        ref float value = ref MemoryMarshal.GetReference(values);
        ref int bin = ref MemoryMarshal.GetArrayDataReference(_bins);
        ref float place = ref MemoryMarshal.GetArrayDataReference(_places);
        Vector256<float> least = Vector256.Create(low), times = Vector256.Create(perValue);
        Vector256<int> last = Vector256.Create(bins - 1);
        for (nuint i = 0; i < (nuint)values.Length; i += 8)
        {
            Vector256<float> at = (Vector256.LoadUnsafe(ref value, i) - least) * times;
            Vector256<int> whole = Vector256.Min(Vector256.ConvertToInt32Native(at), last);
            whole.StoreUnsafe(ref bin, i);
            (at - Vector256.ConvertToSingle(whole)).StoreUnsafe(ref place, i);
        }
    }

    private void MoveEdges(Histogram wanted, int total)
    {
        ReadOnlySpan<double> below = wanted.Below;
        int bins = wanted.Bins, bin = 0, count = 0;
        for (int edge = 0; edge <= bins; edge++)
        {
            double share = (double)count / total;
            while (bin < bins - 1 && below[bin + 1] < share)
                bin++;
            double width = below[bin + 1] - below[bin];
            double part = width > 0 ? Math.Min((share - below[bin]) / width, 1) : 0;
            _edges[edge] = (float)(wanted.Low + ((bin + part) * wanted.Step));
            if (edge < bins)
                count += _counts[edge] + _counts[bins + edge] + _counts[(2 * bins) + edge] + _counts[(3 * bins) + edge];
        }
    }

    [MethodImpl(Hot)]
    private void Move(Span<float> values, float low, float perValue, int bins)
    {
        ref float edges = ref MemoryMarshal.GetArrayDataReference(_edges);
        for (int start = 0; start < values.Length; start += Block)
        {
            Span<float> block = values.Slice(start, Math.Min(Block, values.Length - start));
            Place(block, low, perValue, bins);
            ref int bin = ref MemoryMarshal.GetArrayDataReference(_bins);
            ref float place = ref MemoryMarshal.GetArrayDataReference(_places);
            for (int i = 0; i < block.Length; i++)
            {
                ref float edge = ref Unsafe.Add(ref edges, Unsafe.Add(ref bin, i));
                block[i] = edge + ((Unsafe.Add(ref edge, 1) - edge) * Unsafe.Add(ref place, i));
            }
        }
    }
}
