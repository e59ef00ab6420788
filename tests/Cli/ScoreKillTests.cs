using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Cli.Tests;

public sealed class ScoreKillTests : IDisposable
{
    private const int Videos = 48, Kills = 4;
    private readonly TemporaryFolder _folder = new();

    public ScoreKillTests()
    {
        TinyModel.Write(_folder.File("model"));
        string original = TestVideos.Write(_folder.File("videos", "walk", "0.mp4"), frames: 24, size: new FrameSize(320, 240));
        for (int index = 1; index < Videos; index++)
        {
            string copy = _folder.File("videos", index % 3 == 0 ? "run" : "walk", string.Create(CultureInfo.InvariantCulture, $"{index}, \"copy\".mp4"));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(original, copy);
        }

        File.WriteAllText(_folder.File("videos", "run", "bad.mp4"), "no video");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Killed several times in the middle of the rows, the same command ends with one row a file and the bytes of an undisturbed run.</summary>
    [Theory]
    [InlineData("scores.csv")]
    [InlineData("scores.jsonl")]
    [InlineData("scores/killed")]
    public async Task Killed_runs_end_with_the_bytes_of_an_undisturbed_one(string output)
    {
        bool isArtifact = output.StartsWith("scores/", StringComparison.Ordinal);
        string quiet = isArtifact ? "scores/quiet" : "quiet" + Path.GetExtension(output);
        ProgramResult undisturbed = await UnreelProgram.RunAsync(_folder.Path, Command(quiet));
        Assert.True(undisturbed.Code == 0, undisturbed.ToString());
        byte[] whole = await RowsAsync(quiet);

        string part = isArtifact ? _folder.File(".unreel", "work", "score-killed-latest", "scores.csv.part") : _folder.File(output + ".part");
        int inTheMiddle = 0;
        for (int kill = 1; kill <= Kills; kill++)
            inTheMiddle += await KillAtAsync(part, whole.Length * kill / (Kills + 1), Command(output)) ? 1 : 0;
        ProgramResult last = await UnreelProgram.RunAsync(_folder.Path, Command(output));

        Assert.True(last.Code == 0, last.ToString());
        Assert.True(inTheMiddle > 0, "Every run was over before it was killed.");
        Assert.Equal(whole, await RowsAsync(output));
        Assert.True((int)JsonNode.Parse(last.Output)!["resumed"]! > 0, last.ToString());
        Assert.False(File.Exists(part));
    }

    [Fact]
    public async Task Parts_are_scored_by_an_array_job_and_merged()
    {
        ProgramResult whole = await UnreelProgram.RunAsync(_folder.Path, Command("whole.csv"));
        Assert.True(whole.Code == 0, whole.ToString());
        for (int index = 0; index < 2; index++)
        {
            using Process process = UnreelProgram.Start(_folder.Path, [new("JOB_COMPLETION_INDEX", index.ToString(CultureInfo.InvariantCulture))], [.. Command("part.csv"), "--shard", "auto/2"]);
            ProgramResult part = await UnreelProgram.EndAsync(process);
            Assert.True(part.Code == 0, part.ToString());
        }

        ProgramResult merged = await UnreelProgram.RunAsync(_folder.Path, "score", "merge", "part.csv", "--out", "merged.csv", "--json");

        Assert.True(merged.Code == 0, merged.ToString());
        Assert.Equal(await RowsAsync("whole.csv"), await RowsAsync("merged.csv"));
        Assert.Equal(JsonNode.Parse(whole.Output)!["accuracy"]!.ToJsonString(), JsonNode.Parse(merged.Output)!["accuracy"]!.ToJsonString());
    }

    [Fact]
    public async Task Too_many_failures_and_wrong_usage_have_their_codes()
    {
        ProgramResult failures = await UnreelProgram.RunAsync(_folder.Path, [.. Command("scores.csv"), "--max-failures", "0"]);
        ProgramResult shard = await UnreelProgram.RunAsync(_folder.Path, [.. Command("scores.csv"), "--shard", "2/2"]);
        ProgramResult help = await UnreelProgram.RunAsync(_folder.Path, "score", "--help");

        Assert.Equal(4, failures.Code);
        Assert.Contains("run/bad.mp4", failures.Error, StringComparison.Ordinal);
        Assert.Equal(2, shard.Code);
        Assert.Contains("counted from 0", shard.Error, StringComparison.Ordinal);
        Assert.Contains("--shard auto/N", help.Output, StringComparison.Ordinal);
    }

    private static string[] Command(string output) =>
        ["score", "--model", "model", "--videos", "videos", "--out", output, "--workers", "1", "--parallel", "1", "--threads", "1", "--resume", "--store", ".unreel", "--json"];

    // True where the rows had come so far, and the run was not over.
    private async Task<bool> KillAtAsync(string part, long length, string[] command)
    {
        using Process process = UnreelProgram.Start(_folder.Path, command);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        while (!process.HasExited && (!File.Exists(part) || new FileInfo(part).Length < length))
            await Task.Delay(5);
        bool isAtWork = !process.HasExited;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await Task.WhenAll(output, error);
        return isAtWork && File.Exists(part);
    }

    private async Task<byte[]> RowsAsync(string output)
    {
        if (!output.StartsWith("scores/", StringComparison.Ordinal))
            return await File.ReadAllBytesAsync(_folder.File(output));

        ArtifactStore store = ArtifactStores.Open(_folder.File(".unreel"));
        ArtifactRef found = (await store.FindAsync(ArtifactReference.Parse(output), default))!.Value;
        Descriptor rows = (await store.ReadAsync(found, default)).Manifest.Layers.First(layer => layer.Title == "scores.csv");
        return await File.ReadAllBytesAsync(store.LocalFile(rows.Digest)!);
    }
}
