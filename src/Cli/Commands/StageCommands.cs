using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel pretrain</c> and the like: one stage by itself.</summary>
internal static class StageCommands
{
    public static Command Create(string stage, params Command[] below)
    {
        Option<string?> config = new("--config", "-c") { Description = "A YAML file with the stage's options.", HelpName = "FILE" };
        Option<string?> name = new("--name") { Description = "The name of its artifact. Default: the stage's name." };
        Option<string?> tag = new("--tag") { Description = "The tag to move. Default: latest." };
        Option<bool> force = new("--force") { Description = "Run again, finished or not." };
        RunOptions options = new() { TakesProcesses = stage is "pretrain" or "finetune" };
        Argument<string[]> own = new("stage-options")
        {
            Description = "The stage's own options, listed below: --option value.",
            HelpName = "--OPTION VALUE",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new(stage, Description(stage)) { own, config, name, tag, force };
        options.AddTo(command);
        foreach (Command one in below)
            command.Add(one);

        command.SetAction((parsed, ct) =>
        {
            string store = StoreLocation.Resolve(parsed.GetValue(options.Store));
            RunSettings settings = options.Settings(parsed) with { Store = store, ForceAll = parsed.GetValue(force) };
            string[] sets = parsed.GetValue(options.Set) ?? [];
            string[] words = parsed.GetValue(own) ?? [];
            string[] others = [.. command.Options.Select(option => option.Name)];
            return RunCommand.ExecuteAsync(
                catalog => PipelineFile.ForStage(
                    stage, catalog, parsed.GetValue(config), [.. new StageOptions(catalog.Get(stage).Options, others).ToSets(words), .. sets], parsed.GetValue(name), parsed.GetValue(tag), store),
                settings,
                options,
                parsed,
                ct);
        });
        command.Add(StageHelp(stage));
        return command;
    }

    private static string Description(string stage) => stage switch
    {
        "textures" => "Makes a pool of textures that videos are drawn with: statistical, from untrained networks, or from pictures.",
        "synthesize" => "Draws videos: the unlabelled ones pre-training learns from, or labelled kinds of motion.",
        "pretrain" => "Trains a masked autoencoder on videos without labels.",
        "finetune" => "Turns an encoder and labelled clips into a classifier.",
        "export" => "Writes a classifier as an ONNX model and publishes it if it behaves the same.",
        _ => "Measures an ONNX model on labelled clips.",
    };

    /// <summary>Help that also teaches the stage's options, which live in YAML rather than on the command line.</summary>
    private static HelpOption StageHelp(string stage)
    {
        HelpOption help = new();
        help.Action = new StageHelpAction((SynchronousCommandLineAction)help.Action!, stage);
        return help;
    }

    private sealed class StageHelpAction(SynchronousCommandLineAction standard, string stage) : SynchronousCommandLineAction
    {
        // Whoever asks for help need not have given what is required.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            if (parseResult.CommandResult.Command.Name != stage)
                return code;

            Console.WriteLine("Stage options (here, or in the YAML file, there without -- and with _ for -):");
            foreach (OptionDescription option in UnreelHost.Catalog().Get(stage).Options)
                Write(option);

            return code;
        }

        private static void Write(OptionDescription option)
        {
            string fallback = option.IsRequired ? "required" : option.Default is { Length: > 0 } value ? $"default {value}" : "optional";
            string rule = option.Range is null ? string.Empty : $", {option.Range}";
            Console.WriteLine($"  --{StageOptions.Dashed(option.Name)}: {option.Type} ({fallback}{rule})");
            if (option.Summary is not null)
                Console.WriteLine($"      {option.Summary}");
        }
    }
}
