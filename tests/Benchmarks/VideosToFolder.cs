using System.Globalization;
using Unreel.Video;

namespace Unreel.Benchmarks;

/// <summary>Ten seconds of H.264 made of a real clip, played forth and back at another size.</summary>
internal static class VideosToFolder
{
    private const int Frames = 250, FrameRate = 25;

    /// <summary>Runs for arguments like <c>clip.mkv 320x240 12 veryfast out.mp4</c>: source, size, frames between keyframes, x264's preset, target.</summary>
    public static void Run(string[] arguments)
    {
        int[] sides = [.. arguments[1].Split('x').Select(static side => int.Parse(side, CultureInfo.InvariantCulture))];
        var size = new FrameSize(sides[0], sides[1]);
        using var reader = VideoReader.Open(arguments[0]);
        int period = Math.Max((2 * reader.Info.FrameCount) - 2, 1);
        var options = new VideoWriterOptions { Gop = int.Parse(arguments[2], CultureInfo.InvariantCulture), Preset = arguments[3] };
        using var writer = new VideoWriter(arguments[4], size, FrameRate, options);
        for (int frame = 0; frame < Frames; frame++)
        {
            int place = frame % period;
            writer.Write(reader.Read([Math.Min(place, period - place)], size, default).Frame(0));
        }

        writer.Finish();
    }
}
