using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>A picture to look at: videos, a row each.</summary>
internal static class SynthesisSheet
{
    private const int MostRows = 8, Columns = 8, LargestCell = 128;

    /// <summary>How many of a set's first videos are shown: a row for every label, so that the first group is seen whole.</summary>
    public static int Rows(SynthesisSource source) => Math.Min(Math.Max(MostRows, source.Labels.Count), source.Items.Count);

    /// <summary>Writes a sheet of a set's first videos as PNG.</summary>
    public static void Write(string path, SynthesisSource source, CancellationToken ct) =>
        Write(path, [.. Enumerable.Range(0, Rows(source)).Select(video => (source, video))], ct);

    /// <summary>Writes a sheet of some videos as PNG.</summary>
    public static void Write(string path, IReadOnlyList<(SynthesisSource Source, int Video)> videos, CancellationToken ct)
    {
        int side = Math.Min(videos[0].Source.Size.Width, LargestCell);
        Clip[] clips = [.. videos.Select(one => one.Source.Read(one.Video, Frames(one.Source.FrameCount(one.Video)), new FrameSize(side, side), ct))];
        ContactSheet.Write(path, clips, Columns);
    }

    private static int[] Frames(int count) => [.. Enumerable.Range(0, Columns).Select(i => i * (count - 1) / (Columns - 1))];
}
