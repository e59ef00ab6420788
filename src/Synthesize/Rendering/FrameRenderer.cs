using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Unreel.Synthesize.Rendering;

/// <summary>Draws frames of scenes, front to back. Its buffers are reused: one a thread, and nothing is allocated per frame.</summary>
internal sealed class FrameRenderer(int side)
{
    private readonly Coverage _coverage = new(side);
    private readonly Spans _spans = new(side);
    private readonly View _view = new(side);
    private readonly ulong[] _rows = new ulong[(side + 63) / 64];
    private readonly int _lineBytes = side * 3;
    private Outline _outline;
    private int _left;
    private int _right;
    private int _top;
    private int _bottom;

    /// <summary>The bytes of a frame.</summary>
    public int FrameBytes { get; } = side * side * 3;

    /// <summary>Draws frames [row, column, channel] one after the other.</summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="frames">Which frames.</param>
    /// <param name="pixels">Room for all of them.</param>
    public void Render(IScene scene, ReadOnlySpan<int> frames, Span<byte> pixels)
    {
        for (int i = 0; i < frames.Length; i++)
        {
            Span<byte> target = pixels.Slice(i * FrameBytes, FrameBytes);
            if (i > 0 && (scene.IsStill || frames[i] == frames[i - 1]))
                pixels.Slice((i - 1) * FrameBytes, FrameBytes).CopyTo(target);
            else
                Render(scene, frames[i], target);
        }
    }

    private void Render(IScene scene, int frame, Span<byte> pixels)
    {
        _coverage.Clear();
        for (int i = scene.Objects - 1; i >= 0 && _coverage.Remaining > 0; i--)
        {
            if (scene.TryPlace(i, frame, _view, ref _outline) && TryTrace())
                PaintObject(scene, i, frame, pixels);
        }

        if (_coverage.Remaining > 0)
            PaintBackground(scene, frame, pixels);
    }

    private void PaintObject(IScene scene, int index, int frame, Span<byte> pixels)
    {
        switch (scene.ObjectFill)
        {
            case SceneFill.Solid:
                PaintTraced(new SolidFill(scene.Colour(index)), pixels);
                break;
            case SceneFill.Texture:
                PaintTraced(new TextureFill(scene.Patch(index, frame, _view)), pixels);
                break;
            default:
                PaintTraced(new TintedFill(scene.Patch(index, frame, _view), scene.Colour(index)), pixels);
                break;
        }
    }

    private void PaintBackground(IScene scene, int frame, Span<byte> pixels)
    {
        if (scene.BackgroundFill == SceneFill.Solid)
            PaintRest(new SolidFill(scene.Background), pixels);
        else
            PaintRest(new TextureFill(scene.BackgroundPatch(frame, _view)), pixels);
    }

    // Only rows in which something near the object is open are traced and painted; false if there are none.
    private bool TryTrace()
    {
        (_left, _right) = (Math.Max(_outline.Left, 0), Math.Min(_outline.Right, side - 1));
        int top = Math.Max(_outline.Top, 0), bottom = Math.Min(_outline.Bottom, side - 1);
        if (_left > _right || top > bottom)
            return false;

        (_top, _bottom) = (-1, -1);
        for (int group = top >> 6; group <= bottom >> 6; group++)
        {
            ulong rows = _coverage.OpenRows(group, _left, _right) & Bits.Between(top - (group << 6), bottom - (group << 6));
            _rows[group] = rows;
            if (rows == 0)
                continue;

            _top = _top < 0 ? (group << 6) + BitOperations.TrailingZeroCount(rows) : _top;
            _bottom = (group << 6) + BitOperations.Log2(rows);
        }

        if (_top < 0)
            return false;

        _spans.Trace(_outline, _top, _bottom);
        return true;
    }

    // Word by word, four rows at a time: most have nothing left to paint, and are told apart without a branch for each.
    [SkipLocalsInit]
    private void PaintTraced<TFill>(TFill fill, Span<byte> pixels)
        where TFill : struct, IFill, allows ref struct
    {
        Span<ulong> taken = stackalloc ulong[4];
        ref byte canvas = ref MemoryMarshal.GetReference(pixels);
        int painted = 0;
        for (int word = _left >> 6; word <= _right >> 6; word++)
        {
            for (int group = _top >> 6; group <= _bottom >> 6; group++)
            {
                ulong rows = _rows[group] & _coverage.OpenRows(group, word);
                while (rows != 0)
                {
                    int four = BitOperations.TrailingZeroCount(rows) & ~3, row = (group << 6) + four;
                    rows &= ~(15ul << four);
                    for (uint some = _coverage.Take(word, row, _spans.First, _spans.Last, taken); some != 0; some &= some - 1)
                    {
                        int one = BitOperations.TrailingZeroCount(some);
                        painted += BitOperations.PopCount(taken[one]);
                        Paint(fill, ref Unsafe.Add(ref canvas, (row + one) * _lineBytes), row + one, word << 6, taken[one]);
                    }
                }
            }
        }

        _coverage.Count(painted);
    }

    private void PaintRest<TFill>(TFill fill, Span<byte> pixels)
        where TFill : struct, IFill, allows ref struct
    {
        (_left, _right, _top, _bottom) = (0, side - 1, 0, side - 1);
        _rows.AsSpan().Fill(ulong.MaxValue);
        _spans.SetWhole();
        PaintTraced(fill, pixels);
    }

    // The pixels of a word, run by run. Adding to the lowest bit of a run carries to the end of it, which may be the word's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Paint<TFill>(TFill fill, ref byte line, int row, int origin, ulong taken)
        where TFill : struct, IFill, allows ref struct
    {
        while (taken != 0)
        {
            int from = BitOperations.TrailingZeroCount(taken);
            ulong onwards = taken + (1ul << from);
            int end = BitOperations.TrailingZeroCount(onwards);
            fill.Paint(ref line, row, origin + from, origin + end);
            taken &= onwards;
        }
    }
}
