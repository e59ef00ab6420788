using Spectre.Console;
using Unreel.Pipelines;

namespace Unreel.Cli.Output;

/// <summary>Bars on a terminal: one a running stage, a line for each that ended.</summary>
internal sealed class TerminalReporter : IRunReporter, IAsyncDisposable
{
    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _over = new();
    private readonly TaskCompletionSource<ProgressContext> _ready = new();
    private readonly Dictionary<string, ProgressTask> _bars = [];
    private readonly Lock _lock = new();
    private readonly Task _display;

    public TerminalReporter(IAnsiConsole console)
    {
        _console = console;
        _display = console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                _ready.SetResult(context);
                return _over.Task;
            });
    }

    public void StageStarted(PlannedStage stage, string reason)
    {
        lock (_lock)
        {
            _console.MarkupLineInterpolated($"[grey]{stage.Id}: {reason}[/]");
            _bars[stage.Id] = _ready.Task.Result.AddTask(Markup.Escape(stage.Id)).IsIndeterminate();
        }
    }

    public void Progress(PlannedStage stage, StageProgress progress)
    {
        lock (_lock)
        {
            if (!_bars.TryGetValue(stage.Id, out ProgressTask? bar))
                return;

            bar.Description = Markup.Escape($"{stage.Id}: {progress.Activity}{(progress.Detail is null ? string.Empty : $", {progress.Detail}")}");
            bar.IsIndeterminate(progress.Total == 0);
            if (progress.Total > 0)
                bar.MaxValue(progress.Total).Value(progress.Done);
        }
    }

    public void StageFinished(RunOutcome outcome)
    {
        lock (_lock)
        {
            if (_bars.Remove(outcome.Stage.Id, out ProgressTask? bar))
                bar.StopTask();

            (string colour, string mark) = outcome.State switch
            {
                StageState.Done or StageState.UpToDate => ("green", "✔"),
                StageState.WouldRun or StageState.Skipped => ("grey", "·"),
                _ => ("red", "✘"),
            };
            _console.MarkupLine($"[{colour}]{mark}[/] {Markup.Escape(outcome.Stage.Id)}: {Markup.Escape(RunText.Of(outcome))}");
        }
    }

    public void Message(MessageLevel level, string? stage, string text)
    {
        string colour = level switch
        {
            MessageLevel.Error => "red",
            MessageLevel.Warning => "yellow",
            _ => "default",
        };
        lock (_lock)
            _console.MarkupLine($"[{colour}]{Markup.Escape(stage is null ? text : $"{stage}: {text}")}[/]");
    }

    public void RunFinished(RunReport report) => _over.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        _over.TrySetResult();
        await _display;
    }
}
