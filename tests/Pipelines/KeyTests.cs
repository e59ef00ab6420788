using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class KeyTests : IDisposable
{
    private static readonly StageDescription Draw = Workshop.Stages.Get("draw");
    private static readonly StageDescription Learn = Workshop.Stages.Get("learn");
    private readonly Unreel.Testing.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_stays_what_it_is()
    {
        // Pinned: a change here makes every store forget its finished work.
        // It is the SHA-256 of {"inputs":{},"options":{"count":4,"length":"2s","motion":"straight","seed":1,"speed":0.5},"stage":"draw","version":1}
        Assert.Equal("a0cf1007b38c52f7e6653b0f6f37e96caf770e8a1c52ccda1cf58deef7369259", Key("{}").Hex);
    }

    [Theory]
    [InlineData("{count: 4, seed: 1, speed: 0.5, motion: straight, length: 2s}")]
    [InlineData("{speed: 5e-1, length: 2000ms, motion: straight, seed: 1, count: 4}")]
    [InlineData("{workers: 8}")]
    public void Order_spelling_and_written_defaults_do_not_matter(string options) => Assert.Equal(Key("{}"), Key(options));

    [Theory]
    [InlineData("{count: 5}")]
    [InlineData("{seed: 2}")]
    [InlineData("{speed: 0.51}")]
    [InlineData("{motion: round-and-round}")]
    [InlineData("{note: ''}")]
    public void Every_option_that_decides_matters(string options) => Assert.NotEqual(Key("{}"), Key(options));

    [Fact]
    public void Stage_version_and_inputs_matter()
    {
        LearnOptions options = new() { Clips = StageInput.Of(Refs.Clips) };
        Digest key = StageKeys.KeyOf(Learn, options, [Input(Refs.Clips.Digest)]);

        Assert.NotEqual(key, StageKeys.KeyOf(Learn, options, [Input(Digest.Of("other"u8))]));
        Assert.NotEqual(key, StageKeys.KeyOf(Other("learn", 3), options, [Input(Refs.Clips.Digest)]));
        Assert.NotEqual(key, StageKeys.KeyOf(Other("learned", 2), options, [Input(Refs.Clips.Digest)]));

        static ResolvedInput Input(Digest digest) => new("clips", StageInput.Of(Refs.Clips), Refs.Clips, digest);
        static StageDescription Other(string name, int version) => new(name, version, "", typeof(LearnStage), typeof(LearnOptions), null);
    }

    [Fact]
    public async Task A_folder_is_known_by_names_sizes_and_contents()
    {
        FolderDigester digester = new(_folder.File("work"), TimeProvider.System);
        string clips = Make("clips", ("a/x", "1"), ("b", "22"));
        Digest first = await digester.ComputeAsync(clips, "o", default);

        Assert.Equal(first, await digester.ComputeAsync(Make("same", ("b", "22"), ("a/x", "1")), "o", default));
        Assert.NotEqual(first, await digester.ComputeAsync(Make("renamed", ("a/y", "1"), ("b", "22")), "o", default));
        Assert.NotEqual(first, await digester.ComputeAsync(Make("changed", ("a/x", "2"), ("b", "22")), "o", default));
        Assert.NotEqual(first, await digester.ComputeAsync(Make("more", ("a/x", "1"), ("b", "22"), ("c", "")), "o", default));
        File.WriteAllText(Path.Combine(clips, "b"), "23");
        Assert.NotEqual(first, await digester.ComputeAsync(clips, "o", default));
    }

    [Fact]
    public async Task Files_seen_before_are_not_read_again()
    {
        FolderDigester digester = new(_folder.File("work"), TimeProvider.System);
        string clips = Make("clips", ("a", "1"));
        string file = Path.Combine(clips, "a");
        DateTime settled = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, settled);
        Digest first = await digester.ComputeAsync(clips, "o", default);

        // Only someone who does not read the file can miss this change.
        File.WriteAllText(file, "2");
        File.SetLastWriteTimeUtc(file, settled);
        Assert.Equal(first, await digester.ComputeAsync(clips, "o", default));

        File.SetLastWriteTimeUtc(file, settled.AddSeconds(1));
        Assert.NotEqual(first, await digester.ComputeAsync(clips, "o", default));
    }

    [Fact]
    public async Task Links_in_a_circle_end()
    {
        string clips = Make("clips", ("a/x", "1"));
        Directory.CreateSymbolicLink(Path.Combine(clips, "a", "up"), clips);

        await new FolderDigester(_folder.File("work"), TimeProvider.System).ComputeAsync(clips, "o", default);
    }

    [Theory]
    [InlineData("nowhere", "there is no file or folder")]
    [InlineData("empty", "has no files")]
    public async Task A_folder_that_is_missing_or_empty_is_a_usage_error(string name, string expected)
    {
        Directory.CreateDirectory(_folder.File("empty"));
        FolderDigester digester = new(_folder.File("work"), TimeProvider.System);

        UsageException e = await Assert.ThrowsAsync<UsageException>(() => digester.ComputeAsync(_folder.File(name), "learn.clips", default));

        Assert.StartsWith("learn.clips: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/home/someone/clips/", "path:clips")]
    [InlineData("https://me:word@host/a/b?sig=secret#x", "https://host/a/b")]
    [InlineData("file:///home/someone/x.csv", "path:x.csv")]
    [InlineData("person([0-9]+)", "person([0-9]+)")]
    public void Lineage_keeps_neither_places_nor_secrets(string text, string expected) =>
        Assert.Equal(expected, LocalText.WithoutPlaceAndSecrets(text));

    [Fact]
    public void Canonical_json_sorts_at_every_depth() => Assert.Equal(
        """{"a":[{"x":1,"y":"ü"}],"b":null}""",
        OptionsJson.CanonicalText(JsonNode.Parse("""{ "b": null, "a": [ { "y": "ü", "x": 1 } ] }""")!));

    private static Digest Key(string yaml)
    {
        Problems problems = new();
        MapNode map = (MapNode)YamlText.Read(yaml, new TextSource("t", "/"), problems)!;
        object options = new OptionsBinder(problems, _ => throw new InvalidOperationException()).Bind(typeof(DrawOptions), map, "draw")!;
        problems.ThrowIfAny();
        return StageKeys.KeyOf(Draw, options, []);
    }

    private string Make(string name, params (string Name, string Text)[] files)
    {
        foreach ((string file, string text) in files)
        {
            string path = _folder.File(name, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return _folder.File(name);
    }
}
