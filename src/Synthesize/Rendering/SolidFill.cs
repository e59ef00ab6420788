using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Rendering;

/// <summary>Paints runs of pixels of one object. A structure, so that the renderer is compiled for each kind of paint.</summary>
internal interface IFill
{
    /// <summary>Paints pixels <paramref name="from"/> to <paramref name="end"/> (excluded) of the row that starts at <paramref name="line"/>.</summary>
    void Paint(ref byte line, int row, int from, int end);
}

/// <summary>One colour.</summary>
internal readonly struct SolidFill : IFill
{
    private readonly Rgb _colour;

    // Thirty-two bytes of the pattern RGBRGB…, starting with each of its three phases.
    private readonly Vector256<byte> _phase0;
    private readonly Vector256<byte> _phase1;
    private readonly Vector256<byte> _phase2;

    public SolidFill(Rgb colour)
    {
        _colour = colour;
        var red = Vector256.Create(colour.R);
        var green = Vector256.Create(colour.G);
        var blue = Vector256.Create(colour.B);
        _phase0 = (red & EveryThird(0)) | (green & EveryThird(1)) | (blue & EveryThird(2));
        _phase1 = (green & EveryThird(0)) | (blue & EveryThird(1)) | (red & EveryThird(2));
        _phase2 = (blue & EveryThird(0)) | (red & EveryThird(1)) | (green & EveryThird(2));
    }

    /// <inheritdoc/>
    public void Paint(ref byte line, int row, int from, int end)
    {
        ref byte start = ref Unsafe.Add(ref line, from * 3);
        int bytes = (end - from) * 3;
        if (bytes >= 32)
            PaintLong(ref start, bytes);
        else if (bytes >= 16)
            PaintMedium(ref start, bytes);
        else
            PaintShort(ref start, bytes);
    }

    // Neighbours may be painted already, so the last store ends at the run's end and overlaps backwards.
    private void PaintLong(ref byte start, int bytes)
    {
        nuint at = 0, last = (nuint)bytes - 32;
        for (; at + 64 <= last; at += 96)
        {
            _phase0.StoreUnsafe(ref start, at);
            _phase2.StoreUnsafe(ref start, at + 32);
            _phase1.StoreUnsafe(ref start, at + 64);
        }

        if (at <= last)
            _phase0.StoreUnsafe(ref start, at);

        if (at + 32 <= last)
            _phase2.StoreUnsafe(ref start, at + 32);

        Phase(bytes - 32).StoreUnsafe(ref start, last);
    }

    private void PaintMedium(ref byte start, int bytes)
    {
        _phase0.GetLower().StoreUnsafe(ref start);
        Phase(bytes - 16).GetLower().StoreUnsafe(ref start, (nuint)bytes - 16);
    }

    private void PaintShort(ref byte start, int bytes)
    {
        for (int at = 0; at < bytes; at += 3)
        {
            Unsafe.Add(ref start, at) = _colour.R;
            Unsafe.Add(ref start, at + 1) = _colour.G;
            Unsafe.Add(ref start, at + 2) = _colour.B;
        }
    }

    private Vector256<byte> Phase(int offset) => (offset % 3) switch
    {
        0 => _phase0,
        1 => _phase1,
        _ => _phase2,
    };

    private static Vector256<byte> EveryThird(int first)
    {
        const byte On = 255;
        return first switch
        {
            0 => Vector256.Create(On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0),
            1 => Vector256.Create(0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On),
            _ => Vector256.Create(0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0, On, 0, 0),
        };
    }
}
