using Spectre.Console;
using Unreel.Pipelines;

namespace Unreel.Cli.Output;

/// <summary>Shows how far one long piece of work is: a bar on a terminal, a line every ten seconds elsewhere.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public static Task<T> RunAsync<T>(Func<IProgress<StageProgress>, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
            return work(new Lines(Console.Error, TimeProvider.System));

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true).StartAsync(context => work(new Bar(context.AddTask("starting").IsIndeterminate())));
    }

    private sealed class Bar(ProgressTask task) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            task.Description = Markup.Escape($"{value.Activity} {value.Detail}");
            task.IsIndeterminate(value.Total == 0);
            if (value.Total > 0)
                task.MaxValue(value.Total).Value(value.Done);
        }
    }

    private sealed class Lines(TextWriter writer, TimeProvider time) : IProgress<StageProgress>
    {
        private readonly Lock _lock = new();
        private long? _last;

        public void Report(StageProgress value)
        {
            lock (_lock)
            {
                if (value.Done != value.Total && _last is { } last && time.GetElapsedTime(last) < Interval)
                    return;

                _last = time.GetTimestamp();
                writer.WriteLine($"{value.Activity} {value.Done}{(value.Total == 0 ? string.Empty : $"/{value.Total}")} {value.Unit}{(value.Detail is null ? string.Empty : $", {value.Detail}")}");
            }
        }
    }
}
