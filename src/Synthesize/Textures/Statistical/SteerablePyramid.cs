using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>Changes one band of one picture in place.</summary>
/// <param name="picture">0 or 1, which of the pictures.</param>
/// <param name="band">0 for the high-pass, then four for each octave down.</param>
/// <param name="values">The band in pixels, up to its sign.</param>
internal delegate void BandEdit(int picture, int band, Span<float> values);

/// <summary>
/// Takes the spectra of pictures apart into the bands of a steerable pyramid, lets each be changed, and puts them together.
/// </summary>
/// <remarks>
/// Every band is cut directly out of the whole spectrum and added directly into the new one. A transform carries two real
/// bands in its two parts: the same band of two pictures, or two bands of one picture; in the latter case what is put
/// together has the wanted picture as its real part, and nothing has to be told apart.
/// </remarks>
internal sealed class SteerablePyramid
{
    private const int Lanes = 8;
    private const int Orientations = SteerableFilters.Orientations;
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private readonly SteerableFilters _filters;
    private readonly int _side;
    private readonly Fourier[] _fouriers;
    private readonly float[] _bandRe;
    private readonly float[] _bandIm;
    private readonly float[] _sumRe;
    private readonly float[] _sumIm;

    /// <param name="filters">The filters.</param>
    /// <param name="side">Rows and columns of the pictures.</param>
    /// <param name="whole">The transform of the whole picture, used for the finest bands.</param>
    public SteerablePyramid(SteerableFilters filters, int side, Fourier whole)
    {
        (_filters, _side) = (filters, side);
        _fouriers = [whole, .. Enumerable.Range(1, filters.Levels - 1).Select(level => new Fourier(side >> level))];
        (_bandRe, _bandIm) = (new float[side * side], new float[side * side]);
        (_sumRe, _sumIm) = (new float[side * side], new float[side * side]);
    }

    /// <summary>Edits two pictures, given by the spectrum of first + i second; the result is theirs again.</summary>
    public void EditTwo(Span<float> re, Span<float> im, BandEdit edit)
    {
        Keep(re, im);
        Two(re, im, 0, 0, _filters.HighPass, edit);
        for (int level = 0; level < _filters.Levels; level++)
        {
            for (int k = 0; k < Orientations; k++)
                Two(re, im, level, 1 + (Orientations * level) + k, _filters.Oriented[level][k], edit);
        }

        Return(re, im);
    }

    /// <summary>Edits one picture, given by its spectrum; the result is the real part of what the spectrum is then of.</summary>
    public void EditOne(Span<float> re, Span<float> im, BandEdit edit)
    {
        Keep(re, im);
        Cut(re, im, 0, _filters.HighPass, default);
        edit(0, 0, _bandRe);
        Add(0, _filters.HighPass, default);
        for (int level = 0; level < _filters.Levels; level++)
        {
            for (int k = 0; k < Orientations; k += 2)
            {
                (float[] first, float[] second) = (_filters.Oriented[level][k], _filters.Oriented[level][k + 1]);
                Cut(re, im, level, second, first);
                EditBoth(level, 0, 0, 1 + (Orientations * level) + k, 1, edit);
                Add(level, second, first);
            }
        }

        Return(re, im);
    }

    private void Two(Span<float> re, Span<float> im, int level, int band, float[] gains, BandEdit edit)
    {
        Cut(re, im, level, gains, default);

        // An odd filter's gain is i times the table's: without the i the parts change places.
        int first = band == 0 ? 0 : 1;
        EditBoth(level, first, 1 - first, band, 0, edit);
        Add(level, gains, default);
    }

    private void EditBoth(int level, int firstPicture, int secondPicture, int band, int step, BandEdit edit)
    {
        int pixels = (_side >> level) * (_side >> level);
        edit(firstPicture, band, _bandRe.AsSpan(0, pixels));
        edit(secondPicture, band + step, _bandIm.AsSpan(0, pixels));
    }

    private void Keep(ReadOnlySpan<float> re, ReadOnlySpan<float> im)
    {
        Multiply(re, im, _filters.KeptLowPass, default, 1, _sumRe, _sumIm);
    }

    private void Return(Span<float> re, Span<float> im)
    {
        _sumRe.CopyTo(re);
        _sumIm.CopyTo(im);
    }

    /// <summary>Cuts the band of gain p + i q out of a spectrum, and turns it into pixels.</summary>
    private void Cut(ReadOnlySpan<float> re, ReadOnlySpan<float> im, int level, ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        int side = _side >> level, half = side / 2;
        for (int part = 0; part < 2 * side; part++)
        {
            (int small, int large) = Places(part, side);
            Multiply(re.Slice(large, half), im.Slice(large, half), p.Slice(small, half), q.IsEmpty ? q : q.Slice(small, half), 1f / (side * _side), _bandRe.AsSpan(small, half), _bandIm.AsSpan(small, half));
        }

        int pixels = side * side;
        _fouriers[level].Transform(_bandIm.AsSpan(0, pixels), _bandRe.AsSpan(0, pixels));
    }

    /// <summary>Adds the band in pixels to the sum, with the gain p - i q.</summary>
    private void Add(int level, ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        int side = _side >> level, half = side / 2, pixels = side * side;
        _fouriers[level].Transform(_bandRe.AsSpan(0, pixels), _bandIm.AsSpan(0, pixels));
        for (int part = 0; part < 2 * side; part++)
        {
            (int small, int large) = Places(part, side);
            MultiplyAdd(_bandRe.AsSpan(small, half), _bandIm.AsSpan(small, half), p.Slice(small, half), q.IsEmpty ? q : q.Slice(small, half), 1 << level, _sumRe.AsSpan(large, half), _sumIm.AsSpan(large, half));
        }
    }

    /// <summary>Where half a row of frequencies begins in the spectrum of a band and in that of the whole.</summary>
    private (int Small, int Large) Places(int part, int side)
    {
        (int row, int column) = (part / 2, part % 2 * (side / 2));
        int skipped = _side - side;
        int largeRow = row < side / 2 ? row : row + skipped;
        return ((row * side) + column, (largeRow * _side) + (column == 0 ? 0 : column + skipped));
    }

    /// <summary>to = from (p + i q) scale.</summary>
    [MethodImpl(Hot)]
    private static void Multiply(ReadOnlySpan<float> re, ReadOnlySpan<float> im, ReadOnlySpan<float> p, ReadOnlySpan<float> q, float scale, Span<float> toRe, Span<float> toIm)
    {
        ref float a = ref MemoryMarshal.GetReference(re), b = ref MemoryMarshal.GetReference(im);
        ref float c = ref MemoryMarshal.GetReference(p), d = ref MemoryMarshal.GetReference(q);
        ref float x = ref MemoryMarshal.GetReference(toRe), y = ref MemoryMarshal.GetReference(toIm);
        bool real = q.IsEmpty;
        for (nuint i = 0; i < (nuint)re.Length; i += Lanes)
        {
            Vector256<float> ar = Vector256.LoadUnsafe(ref a, i), ai = Vector256.LoadUnsafe(ref b, i);
            Vector256<float> gr = Vector256.LoadUnsafe(ref c, i) * scale;
            Vector256<float> gi = real ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref d, i) * scale;
            ((ar * gr) - (ai * gi)).StoreUnsafe(ref x, i);
            ((ai * gr) + (ar * gi)).StoreUnsafe(ref y, i);
        }
    }

    /// <summary>to += from (p - i q) scale.</summary>
    [MethodImpl(Hot)]
    private static void MultiplyAdd(ReadOnlySpan<float> re, ReadOnlySpan<float> im, ReadOnlySpan<float> p, ReadOnlySpan<float> q, float scale, Span<float> toRe, Span<float> toIm)
    {
        ref float a = ref MemoryMarshal.GetReference(re), b = ref MemoryMarshal.GetReference(im);
        ref float c = ref MemoryMarshal.GetReference(p), d = ref MemoryMarshal.GetReference(q);
        ref float x = ref MemoryMarshal.GetReference(toRe), y = ref MemoryMarshal.GetReference(toIm);
        bool real = q.IsEmpty;
        for (nuint i = 0; i < (nuint)re.Length; i += Lanes)
        {
            Vector256<float> ar = Vector256.LoadUnsafe(ref a, i), ai = Vector256.LoadUnsafe(ref b, i);
            Vector256<float> gr = Vector256.LoadUnsafe(ref c, i) * scale;
            Vector256<float> gi = real ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref d, i) * scale;
            (Vector256.LoadUnsafe(ref x, i) + ((ar * gr) + (ai * gi))).StoreUnsafe(ref x, i);
            (Vector256.LoadUnsafe(ref y, i) + ((ai * gr) - (ar * gi))).StoreUnsafe(ref y, i);
        }
    }
}
