using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Unreel.Cli.Hosting;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel bench</c>: how fast a part of Unreel is on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        Argument<string> name = new("name") { Description = "Which bench." };
        Option<bool> json = StoreOptions.Json();
        Command command = new("bench", "Measures how fast a part of Unreel is on this machine, in under two minutes.") { name, json };
        command.SetAction(async (parsed, ct) =>
        {
            using IHost host = UnreelHost.CreateBuilder().Build();
            IBench bench = host.Services.GetRequiredService<BenchCatalog>().Get(parsed.GetValue(name)!);
            bool asJson = parsed.GetValue(json);
            List<BenchFigure> figures = await ProgressDisplay.RunAsync(progress => MeasureAsync(bench, asJson, progress, ct));
            if (!asJson)
                Print(figures);

            return ExitCodes.Done;
        });
        HelpOption help = new();
        help.Action = new BenchHelpAction((SynchronousCommandLineAction)help.Action!);
        command.Add(help);
        return command;
    }

    private static async Task<List<BenchFigure>> MeasureAsync(IBench bench, bool asJson, IProgress<StageProgress> progress, CancellationToken ct)
    {
        DefaultRuntimeDescription machine = new();
        List<BenchFigure> figures = [];
        progress.Report(new StageProgress($"measuring {bench.Name}", 0, 0, "figures"));
        await foreach (BenchFigure figure in bench.RunAsync(ct))
        {
            BenchFigure whole = figure with { Config = new SortedDictionary<string, string>(figure.Config.ToDictionary(), StringComparer.Ordinal) { ["code"] = machine.Code, ["machine"] = machine.Machine } };
            figures.Add(whole);
            if (asJson)
                JsonLine.Write(JsonSerializer.SerializeToNode(whole, JsonLine.Options)!);

            progress.Report(new StageProgress($"measuring {bench.Name}", figures.Count, 0, "figures", $"{figure.Case} {Units.Number(figure.Value)} {figure.Unit}"));
        }

        return figures;
    }

    // What all figures share is said once.
    private static void Print(List<BenchFigure> figures)
    {
        ILookup<string, string> values = figures.SelectMany(figure => figure.Config).ToLookup(pair => pair.Key, pair => pair.Value);
        string[] shared = [.. values.Where(group => group.Count() == figures.Count && group.Distinct().Count() == 1).Select(group => group.Key)];
        foreach (string key in shared)
            Console.WriteLine($"{key}: {values[key].First()}");

        TextTable table = new("CASE", "VALUE", "UNIT", "CONFIG");
        foreach (BenchFigure figure in figures)
            table.Add(figure.Case, Units.Number(figure.Value), figure.Unit, string.Join("  ", figure.Config.Where(pair => !shared.Contains(pair.Key)).Select(pair => $"{pair.Key} {pair.Value}")));

        table.Write(Console.Out);
    }

    private sealed class BenchHelpAction(SynchronousCommandLineAction standard) : SynchronousCommandLineAction
    {
        // Whoever asks for help need not have given what is required.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            using IHost host = UnreelHost.CreateBuilder().Build();
            Console.WriteLine("Benches:");
            foreach (IBench bench in host.Services.GetRequiredService<BenchCatalog>().Benches)
                Console.WriteLine($"  {bench.Name}: {bench.Summary}");

            return code;
        }
    }
}
