using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Unreel.Pipelines;
using Unreel.Serve;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel serve</c>: its options are those of the server's own program.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Dictionary<string, Option<string[]>> options = ServeSettings.All.ToDictionary(setting => setting.Name, Create);
        Option<string?> store = StoreOptions.Store();
        Command command = new("serve", "Answers clips over HTTP: curl -T clip.mp4 http://127.0.0.1:8080/v1/classify") { store };
        foreach (Option<string[]> option in options.Values)
            command.Options.Add(option);
        command.Options.Add(new HelpOption { Action = new ShowHelp() });
        command.SetAction(async (parsed, ct) =>
        {
            IEnumerable<(string, string)> given = options.SelectMany(option => (parsed.GetValue(option.Value) ?? []).Select(value => (option.Key, value)));
            await ServeHost.RunAsync(ServeArguments.OptionsOf(given, Environment.GetEnvironmentVariable), StoreOptions.Open(parsed, store), ct);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The option that names a model, for all commands that run one.</summary>
    public static Option<string> ModelOption() => new("--model", "-m")
    {
        Description = "The model: onnx/name:tag in the store, an ONNX file, or a folder with a model.onnx.",
        Required = true,
        HelpName = "MODEL",
    };

    // Read as text, so that both programs say the same of a value that is wrong.
    private static Option<string[]> Create(ServeSetting setting) => new(setting.Name, setting.Alias is { } alias ? [alias] : [])
    {
        Description = ServeHelp.Describe(setting),
        HelpName = setting.Value,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private sealed class ShowHelp : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.Write(ServeHelp.Text("unreel serve"));
            return ExitCodes.Done;
        }
    }
}
