using Spectre.Console;
using Unreel.Artifacts;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;

namespace Unreel.Cli.Output;

/// <summary>Shows a run to whoever watches: bars on a terminal, lines in a log, JSON to a program.</summary>
internal sealed class RunDisplay : IAsyncDisposable
{
    private readonly TerminalReporter? _terminal;
    private readonly bool _json;

    private RunDisplay(IRunReporter reporter, TerminalReporter? terminal, bool json) =>
        (Reporter, _terminal, _json) = (reporter, terminal, json);

    /// <summary>What the run tells.</summary>
    public IRunReporter Reporter { get; }

    public static RunDisplay Create(bool json)
    {
        if (json)
            return new RunDisplay(new JsonReporter(Console.Out, TimeProvider.System), null, json: true);

        if (Console.IsErrorRedirected)
            return new RunDisplay(new TextReporter(Console.Error, TimeProvider.System), null, json: false);

        TerminalReporter terminal = new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));
        return new RunDisplay(terminal, terminal, json: false);
    }

    /// <summary>The display of a process that is not the first of several: errors only.</summary>
    public static RunDisplay Follower() => new(new FollowerReporter(Console.Error), null, json: true);

    /// <summary>The display of a cluster's job: lines about its own stage, whatever it writes to.</summary>
    public static RunDisplay Job() => new(new JobReporter(new TextReporter(Console.Error, TimeProvider.System)), null, json: true);

    /// <summary>Sums the run up and says what to try next.</summary>
    public async Task FinishAsync(RunReport report)
    {
        await DisposeAsync();
        if (_json)
            return;

        if (report.Stages.Count > 1)
            WriteTable(report);

        if (report.ExitCode == ExitCodes.Done)
            WriteNext(report);
        else if (report.Record is { } record)
            Console.Error.WriteLine($"logs: infra/unreel runs {record.Digest.Hex[..12]} --log STAGE{StoreOption(report.Store)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_terminal is not null)
            await _terminal.DisposeAsync();
    }

    private static void WriteTable(RunReport report)
    {
        TextTable table = new("STAGE", "STATE", "TIME", "ARTIFACT", "RESULT");
        foreach (RunOutcome outcome in report.Stages)
        {
            table.Add(
                outcome.Stage.Id,
                RunText.StateOf(outcome),
                outcome.State is StageState.Done or StageState.Failed or StageState.Refused ? RunText.Of(outcome.Duration) : "-",
                outcome.Artifact is { } artifact ? $"{ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}@{artifact.Digest.Hex[..12]}" : "-",
                outcome.Summary ?? (outcome.Artifact is null ? outcome.Reason : string.Empty));
        }

        Console.Error.WriteLine();
        table.Write(Console.Error);
        Console.Error.WriteLine($"{(report.ExitCode == ExitCodes.Done ? "all done" : "stopped")} in {RunText.Of(report.Duration)}");
    }

    private static void WriteNext(RunReport report)
    {
        RunOutcome? model = report.Stages.LastOrDefault(outcome => outcome.Artifact?.Kind == ArtifactKind.Onnx && outcome.State != StageState.WouldRun);
        if (model is null)
            return;

        string store = StoreOption(report.Store);
        string name = $"onnx/{model.Artifact!.Value.Name}:{model.Stage.Tag}";
        Console.Error.WriteLine($"""

            next:
              infra/unreel serve --model {name}{store} --port 8080     then: curl -T clip.mp4 http://127.0.0.1:8080/v1/classify
              infra/unreel score --model {name}{store} --videos DIR --out scores.csv
              infra/unreel artifacts show {name}{store}
            """);
    }

    /// <summary>Names the store to commands that would look elsewhere; its location holds no secrets.</summary>
    private static string StoreOption(string? location) =>
        location is null || ArtifactStores.Open(StoreLocation.Resolve(null)).Location == location ? string.Empty
        : location.Contains(' ', StringComparison.Ordinal) ? $" --store '{location}'"
        : $" --store {location}";
}
