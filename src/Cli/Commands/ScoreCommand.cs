using System.CommandLine;
using Unreel.Cli.Output;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Models;
using Unreel.Serve.Scoring;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel score</c>.</summary>
internal sealed class ScoreCommand
{
    private readonly Option<string> _model = ServeCommand.ModelOption();
    private readonly Option<string> _videos = new("--videos") { Description = "A folder, searched to its depths; a list of videos; or an artifact that holds videos, clips/name:tag.", Required = true, HelpName = "DIR|LIST|ARTIFACT" };
    private readonly Option<string> _out = new("--out", "-o") { Description = "The file to write, .csv or .jsonl, or an artifact, scores/name:tag.", Required = true, HelpName = "FILE|ARTIFACT" };
    private readonly Option<string?> _format = new("--format") { Description = "The form of an artifact's rows: csv (the default) or jsonl." };
    private readonly Option<string[]> _include = new("--include") { Description = "Score only videos of which a pattern agrees with the name; may be given several times.", HelpName = "PATTERN" };
    private readonly Option<string[]> _exclude = new("--exclude") { Description = "Pass over videos of which a pattern agrees with the name; may be given several times.", HelpName = "PATTERN" };
    private readonly Option<string?> _root = new("--root") { Description = "Where a list's relative paths begin. Default: the list's folder.", HelpName = "DIR" };
    private readonly Option<TruthChoice> _truth = new("--truth") { Description = "Where true labels come from: auto (the list's, else folders where all are labels of the model), none, folders, list.", DefaultValueFactory = _ => TruthChoice.Auto, HelpName = "auto|none|folders|list" };
    private readonly Option<string?> _shard = new("--shard") { Description = "Score only a part: I/N with I from 0, auto (SLURM's arrays), or auto/N (those, or JOB_COMPLETION_INDEX).", HelpName = "I/N" };
    private readonly Option<int> _topK = new("--top-k") { Description = "Classes a row names, best first.", DefaultValueFactory = _ => 5 };
    private readonly Option<int?> _failures = new("--max-failures") { Description = "Unreadable videos that are borne; more end the work with exit code 4. Default: any number.", HelpName = "N" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on where an earlier run was stopped; one that is finished is left as it is." };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Throw away what an earlier run left; with --resume, only what was finished." };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of one inference; 0 to choose (1, or an eighth of the cores)." };
    private readonly Option<int> _parallel = new("--parallel") { Description = "Inferences at a time; 0 to choose (as many as cores have room for, at most 8; 1 on a GPU)." };
    private readonly Option<int> _workers = new("--workers") { Description = "Videos decoded at a time, ahead of inference; 0 for one a core." };
    private readonly Option<string> _device = new("--device") { Description = $"Where inference runs: {OnnxDevices.Help}.", DefaultValueFactory = _ => "cpu" };
    private readonly Option<string[]> _signature = new("--require-signature") { Description = "A public key that must have signed the model's artifact; may be given several times, and one of the keys is enough.", HelpName = "FILE" };
    private readonly Option<string?> _profile = new("--profile") { Description = "Write the times of the model's nodes, and which provider ran each, for Chrome's tracer: PREFIX, the time, .json.", HelpName = "PREFIX" };
    private readonly Option<string?> _work = new("--work") { Description = "The folder for an artifact's rows until it is published. Default: work in the store's folder, or .unreel/work here.", HelpName = "DIR" };
    private readonly Option<string?> _store = StoreOptions.Store();
    private readonly Option<bool> _json = StoreOptions.Json();

    public static Command Create()
    {
        ScoreCommand score = new();
        Command command = new("score", "Labels a folder of videos: one row a file, with the reason for each that could not be read.")
        {
            score._model, score._videos, score._out, score._format, score._include, score._exclude, score._root, score._truth, score._shard, score._topK, score._failures, score._resume,
            score._overwrite, score._threads, score._parallel, score._workers, score._device, score._signature, score._profile, score._work, score._store, score._json,
        };
        // Below it there is a command, so what is required cannot be asked of all.
        command.Add(ScoreMergeCommand.Create());
        command.Add(ScoreHelp.Option(command.Name));
        command.SetAction(score.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        FolderScorer scorer = FolderScorer.Create(new ScoreSettings
        {
            Store = StoreOptions.Open(parsed, _store),
            Signatures = ModelSource.ReadKeys(parsed.GetValue(_signature) ?? []),
            Threads = parsed.GetValue(_threads),
            Lanes = parsed.GetValue(_parallel),
            Device = parsed.GetValue(_device)!,
            ProfileTo = parsed.GetValue(_profile),
            Notice = Console.Error.WriteLine,
            Runtime = new ScoreRuntime(),
        });
        ScoreOptions options = Options(parsed);
        ScoreSummary summary = await ProgressDisplay.RunAsync(progress => scorer.RunAsync(options, progress, ct));
        ScoreOutput.Write(summary, parsed.GetValue(_json));
        if (summary.Videos > 0 && summary.Failed == summary.Videos)
            throw new TooManyBadItemsException($"None of the {summary.Videos} videos could be read; {summary.Out} says why of each.");

        return ExitCodes.Done;
    }

    private ScoreOptions Options(ParseResult parsed) => new()
    {
        Model = parsed.GetValue(_model)!,
        Videos = parsed.GetValue(_videos)!,
        Out = parsed.GetValue(_out)!,
        Format = parsed.GetValue(_format),
        Include = parsed.GetValue(_include) ?? [],
        Exclude = parsed.GetValue(_exclude) ?? [],
        Root = parsed.GetValue(_root),
        Truth = parsed.GetValue(_truth),
        Shard = Shard(parsed.GetValue(_shard)),
        TopK = parsed.GetValue(_topK),
        MaxFailures = parsed.GetValue(_failures),
        Resume = parsed.GetValue(_resume),
        Overwrite = parsed.GetValue(_overwrite),
        Workers = parsed.GetValue(_workers),
        Work = parsed.GetValue(_work),
    };

    private static ShardChoice? Shard(string? text)
    {
        if (text is not null)
            return ShardChoice.Parse(text, Environment.GetEnvironmentVariable);
        if (ShardChoice.Hint(Environment.GetEnvironmentVariable) is { } variable)
            Console.Error.WriteLine($"{variable} is set, but all videos are scored; --shard auto takes this task's part of them");

        return null;
    }
}
