using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Cli.Output;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Scoring;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel score</c>.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        Option<string> model = ServeCommand.ModelOption();
        Option<string> videos = new("--videos") { Description = "A folder, searched to its depths, or a text file that names one video a line.", Required = true, HelpName = "DIR|LIST" };
        Option<string> output = new("--out", "-o") { Description = "The file to write: .csv or .jsonl.", Required = true, HelpName = "FILE" };
        Option<int> topK = new("--top-k") { Description = "Classes a row names, best first.", DefaultValueFactory = _ => 5 };
        Option<int?> failures = new("--max-failures") { Description = "Unreadable videos that are borne; more end the work with exit code 4. Default: any number.", HelpName = "N" };
        Option<bool> resume = new("--resume") { Description = "Go on where an earlier run was stopped." };
        Option<bool> overwrite = new("--overwrite") { Description = "Throw away what an earlier run left." };
        Option<int> threads = new("--threads") { Description = "Threads of one inference; 0 for one a core." };
        Option<string> device = new("--device") { Description = $"Where inference runs: {OnnxDevices.Help}.", DefaultValueFactory = _ => "cpu" };
        Option<string?> profile = new("--profile") { Description = "Write the times of the model's nodes, and which provider ran each, for Chrome's tracer: PREFIX, the time, .json.", HelpName = "PREFIX" };
        Option<int> workers = new("--workers") { Description = "Threads that decode ahead; 0 for one a core." };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("score", "Labels a folder of videos: one row a file, with the reason for each that could not be read.")
        {
            model, videos, output, topK, failures, resume, overwrite, threads, device, profile, workers, store, json,
        };
        command.SetAction(async (parsed, ct) =>
        {
            ScoreOptions options = new()
            {
                Model = parsed.GetValue(model)!,
                Videos = parsed.GetValue(videos)!,
                Out = parsed.GetValue(output)!,
                TopK = parsed.GetValue(topK),
                MaxFailures = parsed.GetValue(failures),
                Resume = parsed.GetValue(resume),
                Overwrite = parsed.GetValue(overwrite),
                Workers = parsed.GetValue(workers),
            };
            FolderScorer scorer = FolderScorer.Create(
                StoreOptions.Open(parsed, store),
                threads: parsed.GetValue(threads),
                device: parsed.GetValue(device)!,
                notice: Console.Error.WriteLine,
                profileTo: parsed.GetValue(profile));
            ScoreSummary summary = await ProgressDisplay.RunAsync(progress => scorer.RunAsync(options, progress, ct));
            Report(summary, options.Out, parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Report(ScoreSummary summary, string output, bool json)
    {
        if (json)
        {
            JsonLine.Write(new JsonObject
            {
                ["out"] = output,
                ["videos"] = summary.Videos,
                ["failed"] = summary.Failed,
                ["resumed"] = summary.Resumed,
                ["seconds"] = summary.Elapsed.TotalSeconds,
                ["model"] = summary.Model.Digest.ToString(),
            });
        }

        Console.Error.WriteLine($"{output}: {summary.Videos} videos, {summary.Failed} could not be read, in {Units.Duration(summary.Elapsed)}");
    }
}
