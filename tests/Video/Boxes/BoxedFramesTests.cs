using Unreel.Video.Boxes;

namespace Unreel.Video.Tests.Boxes;

/// <summary>What comes out of a box is what comes out of this process.</summary>
public sealed class BoxedFramesTests(BoxedFramesTests.Pool shared) : IClassFixture<BoxedFramesTests.Pool>
{
    private static readonly ClipPreparation Preparation = new() { Frames = 8, Stride = 2, Size = 56, Clips = 2, Crops = 3 };

    public sealed class Pool : IDisposable
    {
        public DecodePool Boxes { get; } = DecodePool.Start(new DecodeOptions { Workers = 1 });

        public void Dispose() => Boxes.Dispose();
    }

    public static TheoryData<string, string> Files()
    {
        var files = new TheoryData<string, string>();
        foreach (string folder in (string[])["odd", "clips", "weizmann"])
            foreach (string file in SharedData.Root is null ? ["absent"] : Directory.GetFiles(SharedData.File(folder), "*", SearchOption.AllDirectories))
                if (folder == "odd" || VideoFiles.IsVideo(file))
                    files.Add(folder, SharedData.Root is null ? file : Path.GetRelativePath(SharedData.File(folder), file));
        return files;
    }

    [SharedDataTheory]
    [MemberData(nameof(Files))]
    public async Task Every_real_file_gives_the_same_pixels_or_the_same_refusal(string folder, string file)
    {
        string path = SharedData.File(folder, file);
        (VideoInfo? Info, byte[]? Pixels, string? Refusal) expected = await Look(() => Task.FromResult(InProcess(path)));
        (VideoInfo? Info, byte[]? Pixels, string? Refusal) actual = await Look(() => shared.Boxes.ReadAsync(path, Take, default));

        Assert.Equal(expected.Refusal, actual.Refusal);
        Assert.Equal(expected.Info, actual.Info);
        Assert.Equal(expected.Pixels, actual.Pixels);
    }

    private static (VideoInfo, byte[]) InProcess(string path)
    {
        using var reader = VideoReader.Open(path);
        return Take(reader, default);
    }

    private static (VideoInfo, byte[]) Take(IFrameReader reader, CancellationToken ct) => (reader.Info, Preparation.Read(reader, ct).Pixels);

    private static async Task<(VideoInfo?, byte[]?, string?)> Look(Func<Task<(VideoInfo, byte[])>> read)
    {
        try
        {
            (VideoInfo info, byte[] pixels) = await read();
            return (info, pixels, null);
        }
        catch (VideoException refused)
        {
            return (null, null, refused.Message);
        }
    }
}
