using System.Globalization;
using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>The page of one run.</summary>
internal static class RunPage
{
    private const double Width = 1100, Left = 230, RowHeight = 24, Top = 6, Bottom = 22;

    private const int MostName = 32, MostStages = 200, Ticks = 5;

    /// <summary>The page's content.</summary>
    public static Html Body(StoredPipelineRun stored)
    {
        PipelineRun run = stored.Run;
        return Html.Of($"""
            <p><code class="digest">{stored.Reference.Digest.ToString()}</code></p>
            {Tables.Facts("About", [
                Tables.Fact("ended", Ended(run.ExitCode)),
                Tables.Fact("started", $"{run.Started.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC"),
                Tables.Fact("took", Figures.Span((run.Finished - run.Started).TotalSeconds)),
                Tables.Fact("machine", run.Machine),
                Tables.Fact("code", run.Code),
            ])}
            {Tables.Section("Times", Times(run))}
            {Tables.Section("Stages", Tables.Of("Stages", Tables.Head("stage", "state", "#took", "artifact", "log", "why", "summary"), run.Stages.Take(MostStages).Select(stage => Row(stored, stage)), "wide stack"))}
            {Tables.Section("Other logs", Others(stored))}
            """);
    }

    /// <summary>How a run ended, in words.</summary>
    public static string Ended(int exitCode) => exitCode switch
    {
        0 => "done",
        1 => "failed (exit code 1)",
        2 => "wrong usage or input (exit code 2)",
        3 => "refused by a gate (exit code 3)",
        4 => "too many bad items (exit code 4)",
        130 => "cancelled (exit code 130)",
        _ => $"exit code {exitCode.ToString(CultureInfo.InvariantCulture)}",
    };

    private static Html Times(PipelineRun run)
    {
        PipelineRunStage[] stages = [.. run.Stages.Where(stage => stage.Started is not null).Take(MostStages)];
        if (stages.Length == 0)
            return Html.Empty;

        DateTimeOffset from = stages.Min(stage => stage.Started!.Value) is var first && first < run.Started ? first : run.Started;
        double whole = Math.Max(1e-3, Math.Max((run.Finished - from).TotalSeconds, stages.Max(stage => (stage.Started!.Value - from).TotalSeconds + stage.Seconds)));
        double height = Top + (stages.Length * RowHeight) + Bottom, scale = (Width - Left - 90) / whole;
        Html ticks = Html.Join(Enumerable.Range(0, Ticks + 1).Select(tick => tick * whole / Ticks).Select(at =>
            Html.Of($"<path class=\"axis\" d=\"M{Left + (at * scale):0.#} {Top}V{height - Bottom:0.#}\"/><text x=\"{Left + (at * scale):0.#}\" y=\"{height - 6:0.#}\" text-anchor=\"middle\">{Figures.Span(Math.Round(at, 2))}</text>")));
        return Html.Of($"""
            <div class="scroll" role="region" aria-label="Stages over time" tabindex="0"><svg class="chart times" viewBox="0 0 {Width} {height:0}" role="img" aria-label="When each stage ran; the table below has the same in figures">
            {ticks}{Html.Join(stages.Select((stage, row) => Bar(stage, (stage.Started!.Value - from).TotalSeconds, scale, Top + (row * RowHeight))))}</svg></div>
            <p class="quiet">Filled bars are work, dashed ones hits of the cache.</p>
            """);
    }

    private static Html Bar(PipelineRunStage stage, double start, double scale, double y)
    {
        double x = Left + (start * scale), width = Math.Max(2, stage.Seconds * scale);
        string name = stage.Id.Length <= MostName ? stage.Id : stage.Id[..(MostName - 1)] + "…";
        return Html.Of($"""
            <g><title>{stage.Id}: {stage.State}, {Figures.Span(stage.Seconds)}</title><text x="{Left - 8}" y="{y + 15:0.#}" text-anchor="end">{name}</text>
            <rect class="bar {stage.State}" x="{x:0.#}" y="{y + 3:0.#}" width="{width:0.#}" height="{RowHeight - 8}" rx="2"/><text x="{x + width + 5:0.#}" y="{y + 15:0.#}">{stage.State}, {Figures.Span(stage.Seconds)}</text></g>
            """);
    }

    private static Html Row(StoredPipelineRun run, PipelineRunStage stage) => Html.Of($"""
        <tr><th scope="row">{stage.Id}</th><td class="keep">{(stage.State == "up-to-date" ? "up-to-date (cache hit)" : stage.State)}</td><td class="number">{Figures.Span(stage.Seconds)}</td>
        <td>{ArtifactLink(stage.Artifact)}</td><td>{(stage.Log is { } log ? LogLink(run, log, "log") : Html.Empty)}</td><td>{stage.Reason}</td><td>{stage.Summary}</td></tr>
        """);

    private static Html Others(StoredPipelineRun run)
    {
        HashSet<string?> shown = [.. run.Run.Stages.Select(stage => stage.Log)];
        Html links = Html.Join(run.Manifest.Layers.Where(layer => layer.Title is not null && !shown.Contains(layer.Title)).Take(MostStages).Select(layer => Html.Of($"<li>{LogLink(run, layer.Title!, layer.Title!)}</li>")));
        return links.Text.Length == 0 ? Html.Empty : Html.Of($"<ul>{links}</ul>");
    }

    private static Html LogLink(StoredPipelineRun run, string title, string text) =>
        Html.Of($"<a href=\"/registry/runs/{run.Reference.Digest.ToString()}/logs/{RegistryRoutes.Escaped(title)}\" aria-label=\"{text} {title}\">{text}</a>");

    private static Html ArtifactLink(string? artifact) => ArtifactReference.TryParse(artifact, out ArtifactReference? reference, out _) && reference.Digest is { } digest
        ? Html.Of($"<a href=\"{RegistryRoutes.PathOf(new ArtifactRef(reference.Kind, reference.Name, digest))}\">{ArtifactReference.KindText(reference.Kind)}/{reference.Name}</a>")
        : Html.Of($"{artifact}");
}
