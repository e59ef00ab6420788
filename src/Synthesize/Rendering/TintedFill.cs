using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Rendering;

/// <summary>A texture whose channels are multiplied with those of a colour: texel * colour / 255, rounded to the nearest.</summary>
/// <remarks>A run is first painted plain and then multiplied where it lies, sixteen bytes at a time.</remarks>
internal readonly ref struct TintedFill : IFill
{
    private const int Block = 16, Pattern = 3 * Block;

    private readonly TextureFill _texture;

    // Sixteen bytes of the pattern RGBRGB…, starting with each of its three phases, as factors.
    private readonly Factors _phase0;
    private readonly Factors _phase1;
    private readonly Factors _phase2;

    public TintedFill(TexturePatch patch, Rgb tint)
    {
        _texture = new TextureFill(patch);
        _phase0 = new Factors(tint.R, tint.G, tint.B);
        _phase1 = new Factors(tint.G, tint.B, tint.R);
        _phase2 = new Factors(tint.B, tint.R, tint.G);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Paint(ref byte line, int row, int from, int end)
    {
        _texture.Paint(ref line, row, from, end);
        Span<byte> run = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref line, from * 3), (end - from) * 3);
        for (; run.Length >= Pattern; run = run[Pattern..])
            Multiply(ref MemoryMarshal.GetReference(run));

        if (run.IsEmpty)
            return;

        // The pixels behind the run are others', so its rest is multiplied elsewhere.
        Span<byte> rest = stackalloc byte[Pattern];
        run.CopyTo(rest);
        Multiply(ref MemoryMarshal.GetReference(rest));
        rest[..run.Length].CopyTo(run);
    }

    private void Multiply(ref byte bytes)
    {
        _phase0.Multiply(ref bytes);
        _phase1.Multiply(ref Unsafe.Add(ref bytes, Block));
        _phase2.Multiply(ref Unsafe.Add(ref bytes, 2 * Block));
    }

    private readonly struct Factors(byte first, byte second, byte third)
    {
        private readonly Vector128<ushort> _low = Vector128.Create(first, second, third, first, second, third, first, (ushort)second);
        private readonly Vector128<ushort> _high = Vector128.Create(third, first, second, third, first, second, third, (ushort)first);

        public void Multiply(ref byte bytes)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref bytes));
            Vector128.Narrow(Rounded(low * _low), Rounded(high * _high)).StoreUnsafe(ref bytes);
        }

        // Over 255, to the nearest: exact for products of two bytes, and there are no ties because 255 is odd.
        private static Vector128<ushort> Rounded(Vector128<ushort> product)
        {
            Vector128<ushort> sum = product + Vector128.Create((ushort)128);
            return (sum + (sum >>> 8)) >>> 8;
        }
    }
}
