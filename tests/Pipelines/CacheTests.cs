using System.Text;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class CacheTests
{
    [Fact]
    public async Task An_output_that_is_gone_is_made_again_saying_so()
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync();
        File.Delete(await BlobPathAsync(shop, first.Stages[1].Artifact!.Value));

        RunReport second = await shop.RunAsync();

        Assert.Equal([StageState.UpToDate, StageState.Done], second.Stages.Select(o => o.State));
        Assert.Equal(first.Stages[1].Artifact, second.Stages[1].Artifact);
        Assert.Contains(shop.Reporter.Lines, line => line.StartsWith($"Warning learn: its output {first.Stages[1].Artifact} is damaged: ", StringComparison.Ordinal));
        Assert.Empty(await shop.Store.VerifyAsync(first.Stages[1].Artifact!.Value, deep: true, default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Bytes_that_changed_in_a_folder_are_found_and_made_again(int stage)
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync();
        await shop.RunAsync();
        ArtifactRef output = first.Stages[stage].Artifact!.Value;
        await DamageAsync(await BlobPathAsync(shop, output));

        RunReport second = await shop.RunAsync();

        Assert.Equal(0, second.ExitCode);
        Assert.Equal(StageState.Done, second.Stages[stage].State);
        Assert.Equal(StageState.UpToDate, second.Stages[1 - stage].State);
        Assert.Contains(shop.Reporter.Lines, line => line.Contains($"its output {output} is damaged: data/result.txt", StringComparison.Ordinal));
        Assert.Empty(await shop.Store.VerifyAsync(output, deep: true, default));
    }

    [Fact]
    public async Task An_input_that_is_found_damaged_while_it_is_read_names_the_way_out()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  learn: {options: {clips: 'clips/tiny-draw:latest'}}\n");
        await DamageAsync(await BlobPathAsync(shop, await DrawAsync(shop, "one")));

        RunReport report = await shop.RunAsync();

        Assert.Equal(ExitCodes.Failed, report.ExitCode);
        Assert.Contains("--verify", report.Stages[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_changed_behind_the_back_of_the_clock_are_found_when_asked_to_verify()
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync();
        string blob = await BlobPathAsync(shop, first.Stages[1].Artifact!.Value);
        DateTime written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(blob, written);
        await shop.RunAsync();
        await DamageAsync(blob);
        File.SetLastWriteTimeUtc(blob, written);

        Assert.Equal(StageState.UpToDate, (await shop.RunAsync()).Stages[1].State);
        Assert.Equal(StageState.WouldRun, (await shop.RunAsync(new RunSettings { VerifyDeep = true, DryRun = true })).Stages[1].State);
    }

    [Fact]
    public async Task A_record_that_is_no_record_is_told_and_the_stage_runs()
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync(new RunSettings { WriteLockFile = false });
        await shop.Store.WriteRecordAsync($"keys/{first.Stages[0].Key!.Value.Hex}", Encoding.UTF8.GetBytes("[1]"), default);

        RunReport second = await shop.RunAsync();

        Assert.Equal([StageState.Done, StageState.UpToDate], second.Stages.Select(o => o.State));
        Assert.Contains(shop.Reporter.Lines, line => line.StartsWith("started draw: its record keys/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_work_under_another_name_is_published_and_not_done_again()
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync();
        await File.WriteAllTextAsync(shop.Yaml, Workshop.TwoStages.Replace("name: tiny", "name: twin", StringComparison.Ordinal));

        RunReport second = await shop.RunAsync();

        // Another name is another manifest, so what learns from it has another input; the drawing itself is not repeated.
        Assert.Equal(["draw", "learn", "learn"], shop.Script.Ran);
        Assert.Equal("twin-draw", second.Stages[0].Artifact!.Value.Name);
        Assert.Equal(second.Stages[0].Artifact, await shop.Store.FindAsync(ArtifactReference.Parse("clips/twin-draw:latest"), default));
        Assert.NotEqual(first.Stages[0].Artifact, second.Stages[0].Artifact);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_even_where_finished_work_wants_another_name()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  learn: {options: {clips: ./clips}}\n");
        Directory.CreateDirectory(shop.File("clips"));
        await File.WriteAllTextAsync(shop.File("clips", "a"), "1");
        File.SetLastWriteTimeUtc(shop.File("clips", "a"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await shop.RunAsync();
        Directory.Delete(shop.File(".unreel", "digests"), recursive: true);
        string before = Listing(shop);

        RunReport same = await shop.RunAsync(new RunSettings { DryRun = true });
        await File.WriteAllTextAsync(shop.Yaml, "name: twin\nstages:\n  learn: {options: {clips: ./clips}}\n");
        RunReport renamed = await shop.RunAsync(new RunSettings { DryRun = true });

        Assert.Equal(StageState.UpToDate, same.Stages[0].State);
        Assert.Equal(StageState.WouldRun, renamed.Stages[0].State);
        Assert.Contains("would be published as twin-learn", renamed.Stages[0].Reason, StringComparison.Ordinal);
        Assert.Equal(before, Listing(shop));
    }

    [Fact]
    public async Task Work_that_another_run_finished_just_before_the_lock_was_taken_is_not_repeated()
    {
        await using Workshop shop = new();
        IArtifactStore whole = shop.Store;
        bool first = true;
        shop.Store = new FailingStore(whole)
        {
            LostRaces = 0,
            Hides = async path =>
            {
                if (!first || !path.StartsWith("keys/", StringComparison.Ordinal))
                    return false;

                first = false;
                shop.Store = whole;
                await shop.RunAsync();
                return true;
            },
        };

        RunReport report = await shop.RunAsync();

        Assert.Equal(["draw", "learn"], shop.Script.Ran);
        Assert.All(report.Stages, outcome => Assert.Equal(StageState.UpToDate, outcome.State));
        Assert.NotNull(report.Stages[0].Summary);
    }

    [Fact]
    public async Task A_stage_reads_the_input_its_key_was_computed_from_though_the_tag_moves()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  learn: {options: {clips: 'clips/tiny-draw:latest'}}\n");
        ArtifactRef one = await DrawAsync(shop, "one");
        ArtifactRef two = default;
        shop.Script.Step = async (_, _, step, _) => two = step == 0 ? await DrawAsync(shop, "two") : two;

        RunReport report = await shop.RunAsync();

        Artifact learned = await shop.Store.ReadAsync(report.Stages[0].Artifact!.Value, default);
        Assert.NotEqual(one, two);
        Assert.Equal(one.Digest, learned.Lineage.Inputs.Single().Digest);
    }

    [Fact]
    public async Task A_folder_that_changes_while_a_stage_works_on_it_is_no_input()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  learn: {options: {clips: ./clips}}\n");
        Directory.CreateDirectory(shop.File("clips"));
        await File.WriteAllTextAsync(shop.File("clips", "a"), "1");
        shop.Script.Step = (_, _, _, ct) => File.WriteAllTextAsync(shop.File("clips", "b"), "2", ct);

        RunReport report = await shop.RunAsync();

        Assert.Equal(ExitCodes.Usage, report.ExitCode);
        Assert.Contains("changed while", report.Stages[0].Reason, StringComparison.Ordinal);
        Assert.Null(await shop.Store.FindAsync(ArtifactReference.Parse("weights/tiny-learn"), default));
    }

    [Fact]
    public async Task A_folder_is_recorded_by_its_last_name_and_digest()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  learn: {options: {clips: ./clips}}\n");
        Directory.CreateDirectory(shop.File("clips"));
        await File.WriteAllTextAsync(shop.File("clips", "a"), "1");

        RunReport report = await shop.RunAsync();

        Lineage lineage = (await shop.Store.ReadAsync(report.Stages[0].Artifact!.Value, default)).Lineage;
        Assert.Equal("folder:clips", lineage.Inputs.Single().Reference);
        Assert.Equal("folder:clips", (string?)lineage.Options["clips"]);
        Assert.DoesNotContain(shop.File("clips"), lineage.Options.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(shop.File("clips"), await File.ReadAllTextAsync(shop.File("tiny.lock.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fetched_copy_that_was_tampered_with_is_fetched_again()
    {
        await using Workshop shop = new();
        await shop.RunAsync();
        string copy = Directory.EnumerateFiles(shop.File(".unreel", "inputs"), "result.txt", SearchOption.AllDirectories).Single();
        string text = await File.ReadAllTextAsync(copy);
        await File.WriteAllTextAsync(copy, new string('x', text.Length));

        RunReport report = await shop.RunAsync(sets: "learn.epochs=5");

        Assert.Equal(0, report.ExitCode);
        Assert.Equal(text, await File.ReadAllTextAsync(copy));
    }

    /// <summary>Every file below the workshop's store with its bytes.</summary>
    private static string Listing(Workshop shop) => string.Join('\n', Directory
        .EnumerateFileSystemEntries(shop.File(".unreel"), "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => File.Exists(path) ? $"{path} {Digest.Of(File.ReadAllBytes(path))}" : path));

    private static async Task DamageAsync(string blob)
    {
        File.SetAttributes(blob, FileAttributes.Normal);
        byte[] bytes = await File.ReadAllBytesAsync(blob);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes);
    }

    private static async Task<ArtifactRef> DrawAsync(Workshop shop, string text)
    {
        Descriptor layer = await shop.Store.AddBytesAsync(Encoding.UTF8.GetBytes(text), "text/plain", "a.txt", default);
        ArtifactRef made = await shop.Store.PublishAsync(ArtifactKind.Clips, "tiny-draw", new Lineage { Stage = "put" }, [layer], default);
        Tag? tag = await shop.Store.ReadTagAsync(ArtifactKind.Clips, "tiny-draw", "latest", default);
        Assert.True(await shop.Store.TryMoveTagAsync(ArtifactKind.Clips, "tiny-draw", "latest", made.Digest, tag, default));
        return made;
    }

    private static async Task<string> BlobPathAsync(Workshop shop, ArtifactRef artifact)
    {
        string hex = (await shop.Store.ReadAsync(artifact, default)).Manifest.Layers[0].Digest.Hex;
        return shop.File(".unreel", "blobs", "sha256", hex[..2], hex);
    }
}
