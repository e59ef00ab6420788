using System.Text.Json;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Stages.Tests;

/// <summary>A stage's surroundings: inputs are folders as they are, work happens in a folder of its own.</summary>
internal sealed class FakeContext(string workFolder) : IStageContext
{
    public string WorkFolder { get; } = Directory.CreateDirectory(workFolder).FullName;

    public List<StageProgress> Told { get; } = [];

    public Action<StageProgress>? Then { get; init; }

    public IProgress<StageProgress> Progress => new Listener(this);

    public Task<string> FetchAsync(StageInput input, CancellationToken ct) => Task.FromResult(input.Text);

    public Task<Artifact?> DescribeAsync(StageInput input, CancellationToken ct) => Task.FromResult<Artifact?>(null);

    private sealed class Listener(FakeContext context) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            lock (context.Told)
                context.Told.Add(value);

            context.Then?.Invoke(value);
        }
    }
}

/// <summary>Shapes that train in seconds.</summary>
internal static class Shapes
{
    /// <summary>One block of everything: eight tokens of 4 frames of 16 x 16.</summary>
    public static VideoTransformerShape Micro { get; } = new()
    {
        Frames = 4,
        ImageSize = 16,
        PatchSize = 8,
        Width = 12,
        Depth = 1,
        Heads = 3,
        MlpWidth = 24,
        DecoderWidth = 8,
        DecoderDepth = 1,
        DecoderHeads = 2,
    };
}

/// <summary>Videos of one colour a label with noise, four videos a label, each of another subject.</summary>
internal sealed class ColouredVideos(string[] labels, int frames, int videosPerLabel) : IClipSource
{
    public IReadOnlyList<ClipItem> Items { get; } =
        [.. Enumerable.Range(0, Math.Max(1, labels.Length) * videosPerLabel).Select(index => new ClipItem($"s{index / Math.Max(1, labels.Length)}_{index}.mp4", labels.Length == 0 ? -1 : index % labels.Length))];

    public IReadOnlyList<string> Labels { get; } = labels;

    public int FrameCount(int index) => frames;

    public Clip Read(int index, ReadOnlySpan<int> wanted, FrameSize? size, CancellationToken ct)
    {
        var clip = new Clip(wanted.Length, size ?? new FrameSize(20, 16));
        for (int frame = 0; frame < wanted.Length; frame++)
        {
            var random = new RandomStream(3, "test video", (ulong)((index * 1000) + wanted[frame]));
            Span<byte> pixels = clip.Frame(frame);
            for (int value = 0; value < pixels.Length; value++)
                pixels[value] = (byte)(random.NextInt(60) + (value % 3 == Items[index].Label ? 180 : 0));
        }

        return clip;
    }

    public void Dispose()
    {
    }
}

/// <summary>Opens recipes that ask for <see cref="ColouredVideos"/>.</summary>
internal sealed class ColouredRecipes : IClipRecipeReader
{
    public const string Name = "test.coloured";

    public string Format => Name;

    public IClipSource Open(JsonElement recipe, string folder) => new ColouredVideos(
        [.. recipe.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)],
        recipe.GetProperty("frames").GetInt32(),
        recipe.GetProperty("videos_per_label").GetInt32());

    /// <summary>Writes a recipe into a folder.</summary>
    public static StageInput Write(TemporaryFolder folder, string[] labels, int frames = 8, int videosPerLabel = 4)
    {
        string path = folder.File("clips");
        Directory.CreateDirectory(path);
        File.WriteAllText(
            Path.Combine(path, "recipe.json"),
            JsonSerializer.Serialize(new Dictionary<string, object> { ["format"] = Name, ["labels"] = labels, ["frames"] = frames, ["videos_per_label"] = videosPerLabel }));
        return StageInput.Parse(path);
    }
}
