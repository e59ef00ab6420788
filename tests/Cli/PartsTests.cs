using Unreel.Artifacts;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>Stages in parts, as a cluster would run them: the artifacts are those of a stage that was never divided.</summary>
public sealed class PartsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stages_in_parts_end_with_the_artifacts_of_whole_ones_and_score_with_the_rows_of_the_command()
    {
        string whole = Folder("whole"), parts = Folder("parts");
        await GoodAsync(whole, "run", "micro.yaml");

        foreach (int part in (int[])[1, 0])
            await GoodAsync(parts, "run", "micro.yaml", "--only", "motions", "--shard", $"{part}/2");
        Assert.Empty(await TagsAsync(parts));
        await GoodAsync(parts, "run", "micro.yaml", "--only", "export", "synthesize", "motions", "pretrain", "finetune");
        await GoodAsync(parts, "run", "micro.yaml", "--only", "evaluate", "--shard", "0/2");
        ProgramResult early = await UnreelProgram.RunAsync(parts, "run", "micro.yaml", "--only", "evaluate", "--parts", "2");
        Assert.Equal(2, early.Code);
        Assert.Contains("of 2 parts 1 are not in the store: 1/2", early.Error, StringComparison.Ordinal);
        await GoodAsync(parts, "run", "micro.yaml", "--only", "evaluate", "--shard", "1/2");
        ProgramResult again = await GoodAsync(parts, "run", "micro.yaml", "--only", "evaluate", "--shard", "1/2");
        Assert.Contains("evaluate: up to date", again.Error, StringComparison.Ordinal);
        foreach (string part in (string[])["1/2", "0/2"])
            await GoodAsync(parts, "run", "micro.yaml", "--only", "score", "--shard", part);

        ProgramResult last = await GoodAsync(parts, "run", "micro.yaml");
        Assert.Contains("evaluate: fetching parts", last.Error, StringComparison.Ordinal);
        Assert.Contains("score: fetching parts", last.Error, StringComparison.Ordinal);
        Assert.Equal(await TagsAsync(whole), await TagsAsync(parts));

        // The same rows as the command's; its lineage says another way of coming to be.
        string onnx = $"{await FindAsync(whole, "onnx/micro:latest")}", clips = $"{await FindAsync(whole, "clips/micro-motions:latest")}";
        await GoodAsync(whole, "score", "--model", onnx, "--videos", clips, "--out", "scores/command:latest", "--top-k", "3");
        Assert.Equal(await LayersAsync(whole, "scores/command:latest"), await LayersAsync(whole, "scores/micro-score:latest"));
    }

    [Fact]
    public async Task Parts_that_make_no_sense_are_refused_by_name()
    {
        string folder = Folder("wrong");
        (string, string[])[] wrong =
        [
            ("--shard is for one stage", ["--shard", "0/2"]),
            ("shards are counted from 0: expected 0/2 to 1/2", ["--only", "motions", "--shard", "2/2"]),
            ("expected I/N with I from 0", ["--only", "motions", "--shard", "1/0"]),
            ("synthesize does not divide into parts: with these options it has nothing to divide", ["--only", "synthesize", "--shard", "0/2"]),
            ("--parts is 0", ["--only", "motions", "--parts", "0"]),
            ("expected one of them", ["--only", "motions", "--parts", "2", "--shard", "0/2"]),
            ("of 2 parts 2 are not in the store", ["--only", "motions", "--parts", "2"]),
        ];
        foreach ((string expected, string[] arguments) in wrong.Where((_, index) => LongTests.AreAsked || index % 3 == 0))
        {
            ProgramResult result = await UnreelProgram.RunAsync(folder, ["run", "micro.yaml", .. arguments]);
            Assert.Equal(2, result.Code);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }
    }

    private static async Task<ProgramResult> GoodAsync(string folder, params string[] arguments)
    {
        ProgramResult result = await UnreelProgram.RunAsync(folder, arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result}");
        return result;
    }

    private static Task<string> TagsAsync(string folder) => MicroPipeline.TagsOfAsync(Path.Combine(folder, ".unreel"));

    private static async Task<ArtifactRef> FindAsync(string folder, string reference) =>
        (await Store(folder).FindAsync(ArtifactReference.Parse(reference), default))!.Value;

    private static async Task<string[]> LayersAsync(string folder, string reference)
    {
        Artifact artifact = await Store(folder).ReadAsync(await FindAsync(folder, reference), default);
        return [.. artifact.Manifest.Layers.Select(file => $"{file.Title} {file.Digest}").Order(StringComparer.Ordinal)];
    }

    private static ArtifactStore Store(string folder) => ArtifactStores.Open(Path.Combine(folder, ".unreel"));

    private string Folder(string name)
    {
        string folder = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(folder);
        string file = MicroPipeline.Write(folder);
        File.WriteAllText(file, File.ReadAllText(file).Replace("steps: 30", "steps: 4", StringComparison.Ordinal) + "\n  score:\n    options: { model: \"${export}\", videos: \"${motions}\", top_k: 3 }\n");
        return folder;
    }
}
