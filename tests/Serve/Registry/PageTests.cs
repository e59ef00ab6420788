using System.Runtime.Versioning;
using System.Text;
using Unreel.Artifacts;

namespace Unreel.Serve.Tests.Registry;

/// <summary>What the registry's pages say.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PageTests
{
    [Fact]
    public async Task The_page_of_weights_shows_curves_confusion_card_and_tables()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        string page = (await host.GetAsync("/registry/weights/walker/latest")).Text;

        // The line that a killed run left half written costs nothing.
        Assert.Contains("loss: 2 at step 0, 1.005 at 199; least 1.005, most 2", page, StringComparison.Ordinal);
        Assert.Contains("<path class=\"curve\" d=\"M", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">walk</th><td class=\"h5 right\">4</td><td class=\"h0\">&#xB7;</td>", page, StringComparison.Ordinal);
        Assert.Contains("<h3>Walker</h3>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>hand</strong>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;walk", page, StringComparison.Ordinal);
        Assert.Contains("<h3>classes</h3>", page, StringComparison.Ordinal);
        Assert.Contains($"/registry/report/judged/{filled.Report.Digest}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_is_told_with_its_key_and_a_damaged_one_does_not_hide_the_page()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        using SigningKey key = SigningKey.Create();
        Referrer signature = (await ArtifactSigner.SignAsync(filled.Store, filled.Weights, key, CancellationToken.None))!;
        await filled.Store.RecordRunAsync(filled.Weights, new RunRecord { Started = new(2025, 4, 5, 6, 7, 8, TimeSpan.Zero), Finished = new(2025, 4, 5, 7, 8, 9, TimeSpan.Zero), Machine = "m" }, CancellationToken.None);
        await using TestHost host = await HostAsync(filled);

        string page = (await host.GetAsync("/registry/weights/walker/latest")).Text;

        Assert.Contains($"signature present, key id {key.Public.Id}, not checked here", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">made</th><td>2025-04-05 07:08 UTC</td>", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">added</th>", page, StringComparison.Ordinal);

        string file = filled.Store.LocalFile(signature.Manifest.Layers[0].Digest)!;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(file, "{");
        Answer hurt = await host.GetAsync("/registry/weights/walker/latest");
        Assert.Equal(200, hurt.Status);
        Assert.Contains("signature present that cannot be read", hurt.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/registry/compare?ref=weights/walker:latest", 400, "expected two")]
    [InlineData("/registry/compare?ref=a&ref=b&ref=c", 400, "3 artifacts are named")]
    [InlineData("/registry/weights/absent/latest", 404, "There is no artifact weights/absent:latest")]
    [InlineData("/registry?kind=what", 404, "not a kind of artifact")]
    [InlineData("/registry/nothing", 404, "There is nothing at /registry/nothing")]
    public async Task People_are_told_of_mistakes_by_a_page(string path, int status, string detail)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

        Answer answer = await Answer.ReadAsync(await host.Client.SendAsync(request));

        Assert.Equal((status, "text/html"), (answer.Status, answer.Type));
        Assert.Contains(detail, answer.Text, StringComparison.Ordinal);
        Assert.Contains("<nav aria-label=\"Rooms\">", answer.Text, StringComparison.Ordinal);
        Assert.Contains("style-src 'nonce-", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
        (await host.GetAsync(path)).AssertProblem(status, detail);
    }

    [Fact]
    public async Task Confusion_is_told_once()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        ArtifactRef report = await filled.AddAsync(
            ArtifactKind.Report, "twice", "evaluate", [], [],
            ("report.json", "application/json", """{"labels":["walk","run"],"confusion":[[4,0],[2,2]]}"""u8.ToArray()),
            ("report.md", "text/markdown", "# Report\n\nbefore\n\n## Confusion\n\n| | walk |\n|---|---:|\n| told in words | 4 |\n\n## After\n\nafter\n\n![confusion](confusion.svg)\n"u8.ToArray()));
        await using TestHost host = await HostAsync(filled);

        string page = (await host.GetAsync($"/registry/report/twice/{report.Digest}")).Text;

        Assert.Contains("<h2>Confusion</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<p>before</p>", page, StringComparison.Ordinal);
        Assert.Contains("<p>after</p>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("told in words", page, StringComparison.Ordinal);
        Assert.DoesNotContain("confusion.svg", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lineage_is_drawn_with_a_link_for_every_artifact_and_says_what_is_left_out()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        for (int number = 0; number < 45; number++)
            await filled.AddAsync(ArtifactKind.Report, $"more-{number}", "evaluate", [filled.Weights], [], ("a.json", "application/json", Encoding.ASCII.GetBytes($"{{\"a\":{number}}}")));
        await using TestHost host = await HostAsync(filled);

        string page = (await host.GetAsync("/registry/weights/walker/latest")).Text;

        string drawn = page[page.IndexOf("<div class=\"lineage", StringComparison.Ordinal)..page.IndexOf("<h3>Made from", StringComparison.Ordinal)];
        Assert.Contains($"<a href=\"/registry/clips/drawn/{filled.Clips.Digest}\"", drawn, StringComparison.Ordinal);
        Assert.Equal(13, drawn.Split("<a href=\"/registry/").Length - 1);
        Assert.Contains("34 more artifacts are left out of the picture.", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_artifacts_are_compared_in_words()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        ArtifactRef other = await filled.AddAsync(ArtifactKind.Weights, "walker", "finetune", [filled.Clips], new() { ["top1"] = .875, ["spread"] = .1 }, ("README.md", "text/markdown", "# other\n"u8.ToArray()));
        await using TestHost host = await HostAsync(filled);

        string page = (await host.GetAsync($"/registry/compare?a=weights/walker:latest&b=weights/walker@{other.Digest}")).Text;

        Assert.Contains("<strong>≠ differs</strong></td><th scope=\"row\">top1</th><td>0.75</td><td>0.875 <span class=\"quiet keep\">(&#x2B;0.125)</span>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>≠ only B</strong></td><th scope=\"row\">spread</th>", page, StringComparison.Ordinal);
        Assert.Contains("= same</td><th scope=\"row\">crop.size</th><td>32</td><td>32</td>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>≠ only A</strong></td><th scope=\"row\">metrics.jsonl</th>", page, StringComparison.Ordinal);
        Assert.Equal(200, (await host.GetAsync($"/registry/compare?ref=weights/walker:latest&ref=weights/walker@{other.Digest}")).Status);
        (await host.GetAsync("/registry/compare?a=weights/walker:latest")).AssertProblem(400, "expected two");
        (await host.GetAsync("/registry/compare?a=weights/walker:latest&b=nonsense")).AssertProblem(404, "names no artifact");
    }

    [Fact]
    public async Task Runs_show_stages_times_hits_and_logs()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        string list = (await host.GetAsync("/registry/runs")).Text;
        string run = (await host.GetAsync($"/registry/runs/{filled.Run}")).Text;
        string log = (await host.GetAsync($"/registry/runs/{filled.Run}/logs/finetune.log")).Text;

        Assert.Contains("1 up-to-date, 1 done, 1 failed", list, StringComparison.Ordinal);
        Assert.Contains("failed (exit code 1)", list, StringComparison.Ordinal);
        Assert.Contains("up-to-date (cache hit)", run, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"bar failed\"", run, StringComparison.Ordinal);
        Assert.Contains($"/registry/weights/walker/{filled.Weights.Digest}", run, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;no&lt;/b&gt;", run, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", log, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", run + log, StringComparison.Ordinal);
        (await host.GetAsync($"/registry/runs/{filled.Run}/logs/absent")).AssertProblem(404, "no log 'absent'");
    }

    [Fact]
    public async Task Of_a_long_log_the_end_is_shown()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(line => $"line {line}\n")));
        Descriptor layer = await filled.Store.AddBytesAsync(text, "text/plain", "long.log", CancellationToken.None);
        DateTimeOffset began = new(2026, 1, 3, 0, 0, 0, TimeSpan.Zero);
        PipelineRunRef run = await filled.Store.RecordPipelineRunAsync(new PipelineRun { Pipeline = "long", Started = began, Finished = began, Machine = "m", ExitCode = 0 }, [layer], CancellationToken.None);
        await using TestHost host = await HostAsync(filled);

        string page = (await host.GetAsync($"/registry/runs/{run.Digest}/logs/long.log")).Text;

        Assert.Contains("\nline 99999\n", page, StringComparison.Ordinal);
        Assert.Contains("Only the last 512 KiB", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 512 << 10, 600 << 10);
    }

    [Fact]
    public async Task A_damaged_report_is_said_and_the_rest_of_the_page_stands()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        byte[] table = "what,no other test\nhas,seen\n"u8.ToArray();
        ArtifactRef report = await filled.AddAsync(ArtifactKind.Report, "hurt", "evaluate", [], [], ("predictions.csv", "text/csv", table));
        table[0] ^= 1;
        File.WriteAllBytes(filled.Store.LocalFile(Digest.Of("what,no other test\nhas,seen\n"u8))!, table);
        await using TestHost host = await HostAsync(filled);

        Answer page = await host.GetAsync($"/registry/report/hurt/{report.Digest}");

        Assert.Equal(200, page.Status);
        Assert.Contains("predictions.csv cannot be shown: ", page.Text, StringComparison.Ordinal);
        Assert.Contains("<h2>Files</h2>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(filled.Store.Location, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_are_searched_and_paged_by_links()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        for (int number = 0; number < 60; number++)
            await filled.AddAsync(ArtifactKind.Scores, $"night-{number:00}", "score", [], new() { ["seconds"] = number }, ("a.csv", "text/csv", Encoding.ASCII.GetBytes($"a\n{number}\n")));
        await using TestHost host = await HostAsync(filled);

        string first = (await host.GetAsync("/registry?q=night&order=metric:seconds")).Text;
        string second = (await host.GetAsync("/registry?q=night&order=metric:seconds&page=2")).Text;

        Assert.Contains("60 artifacts, shown 1 to 50", first, StringComparison.Ordinal);
        Assert.Contains("<a rel=\"next\" href=\"/registry?q=night&amp;order=metric%3Aseconds&amp;page=2\">", first, StringComparison.Ordinal);
        Assert.Contains(">scores/night-59</a>", first, StringComparison.Ordinal);
        Assert.Contains(">scores/night-09</a>", second, StringComparison.Ordinal);
        Assert.Contains("<option value=\"metric:seconds\" selected>", first, StringComparison.Ordinal);
        Assert.Contains("Nothing in the store is like that.", (await host.GetAsync("/registry?q=absent")).Text, StringComparison.Ordinal);
        (await host.GetAsync("/registry?page=0")).AssertProblem(400, "page is '0'");
    }

    [Theory]
    [InlineData("/registry")]
    [InlineData("/registry/weights/walker/latest")]
    [InlineData("/registry/runs")]
    [InlineData("/registry/compare?a=weights/walker:latest&b=weights/walker:latest")]
    public async Task Headings_go_down_one_level_at_a_time_and_the_content_can_be_skipped_to(string path)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        string page = (await host.GetAsync(path)).Text;

        int[] levels = [.. System.Text.RegularExpressions.Regex.Matches(page, "<h([1-6])").Select(match => match.Groups[1].Value[0] - '0')];
        Assert.Equal(1, levels[0]);
        Assert.Single(levels, 1);
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, $"h{pair.Second} after h{pair.First}"));
        Assert.Contains("<a class=\"skip\" href=\"#main\">", page, StringComparison.Ordinal);
        Assert.Contains("<main id=\"main\"", page, StringComparison.Ordinal);
    }

    private static Task<TestHost> HostAsync(RegistryStore filled) => TestHost.StartAsync(store: filled.Store, load: _ => new FakeClassifier(1f));
}
