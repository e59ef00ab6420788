using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>A picture to look at: the first videos of a set, a row each.</summary>
internal static class SynthesisSheet
{
    private const int Rows = 8, Columns = 8, LargestCell = 128;

    /// <summary>Writes the sheet as PNG.</summary>
    public static void Write(string path, SynthesisSource source, CancellationToken ct)
    {
        // A row for every label, so that the first group is seen whole.
        int rows = Math.Min(Math.Max(Rows, source.Labels.Count), source.Items.Count);
        int side = Math.Min(source.Size.Width, LargestCell);
        Clip[] clips = [.. Enumerable.Range(0, rows).Select(index => source.Read(index, Frames(source.FrameCount(index)), new FrameSize(side, side), ct))];
        ContactSheet.Write(path, clips, Columns);
    }

    private static int[] Frames(int count) => [.. Enumerable.Range(0, Columns).Select(i => i * (count - 1) / (Columns - 1))];
}
