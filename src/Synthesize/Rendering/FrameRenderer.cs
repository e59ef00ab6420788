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
    private Outline _outline;

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
            if (scene.TryPlace(i, frame, _view, ref _outline))
                Draw(new SolidFill(scene.Colour(i)), pixels);
        }

        if (_coverage.Remaining > 0)
            FillRest(new SolidFill(scene.Background), pixels);
    }

    private void Draw<TFill>(TFill fill, Span<byte> pixels)
        where TFill : struct, IFill
    {
        int left = Math.Max(_outline.Left, 0), right = Math.Min(_outline.Right, side - 1);
        int top = Math.Max(_outline.Top, 0), bottom = Math.Min(_outline.Bottom, side - 1);
        if (left > right || top > bottom || !_coverage.HasOpen(left, top, right, bottom))
            return;

        _spans.Trace(_outline, top, bottom);
        for (int row = top; row <= bottom; row++)
        {
            int first = Math.Max(_spans.First[row], 0), last = Math.Min(_spans.Last[row], side - 1);
            if (first <= last)
                PaintOpen(fill, ref Line(pixels, row), row, first, last);
        }
    }

    private void FillRest<TFill>(TFill fill, Span<byte> pixels)
        where TFill : struct, IFill
    {
        for (int row = 0; row < side; row++)
            PaintOpen(fill, ref Line(pixels, row), row, 0, side - 1);
    }

    // Runs are joined across words: "start" is where the run that reaches the end of a word began.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PaintOpen<TFill>(TFill fill, ref byte line, int row, int first, int last)
        where TFill : struct, IFill
    {
        int start = -1;
        for (int word = first >> 6; word <= last >> 6; word++)
        {
            ulong bits = _coverage.Take(word, row, first, last);
            int origin = word << 6, at = 0;
            if (start >= 0)
            {
                int run = BitOperations.TrailingZeroCount(~bits);
                if (run == 64)
                    continue;

                fill.Paint(ref line, row, start, origin + run);
                start = -1;
                at = run;
                bits &= ulong.MaxValue << at;
            }

            while (bits != 0)
            {
                int from = BitOperations.TrailingZeroCount(bits);
                int run = BitOperations.TrailingZeroCount(~(bits >> from));
                if (from + run == 64)
                {
                    start = origin + from;
                    break;
                }

                fill.Paint(ref line, row, origin + from, origin + from + run);
                bits &= ulong.MaxValue << (from + run);
            }
        }

        if (start >= 0)
            fill.Paint(ref line, row, start, ((last >> 6) + 1) << 6);
    }

    private ref byte Line(Span<byte> pixels, int row) => ref MemoryMarshal.GetReference(pixels[(row * side * 3)..]);
}
