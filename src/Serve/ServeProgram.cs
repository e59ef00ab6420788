using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Http;

namespace Unreel.Serve;

/// <summary>The server as a program of its own: arguments in, exit code out.</summary>
public static class ServeProgram
{
    private const string Help = """
        usage: Unreel.Serve --model MODEL [--store STORE] [--host 127.0.0.1] [--port 8080] [--threads N] [--concurrency N] [--queue 16]
                            [--max-body-mb 64] [--deadline-seconds 60] [--cache FOLDER]
        MODEL is an artifact (onnx/name:tag), an ONNX file, or a folder with a model.onnx.
        UNREEL_STORE names the store where --store does not; UNREEL_KEYS holds the keys that callers must have.
        """;

    /// <summary>Serves until told to stop.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="error">Where messages go.</param>
    /// <param name="openStore">Opens a store by its URI.</param>
    /// <returns>An exit code, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string, string?> environment, TextWriter error, Func<string, IArtifactStore> openStore)
    {
        if (args is ["--help" or "-h"])
        {
            await error.WriteLineAsync(Help);
            return ExitCodes.Done;
        }

        try
        {
            ServeArguments arguments = ServeArguments.Parse(args, environment);
            await ServeHost.RunAsync(arguments.Options, arguments.Store is { } uri ? openStore(uri) : null, CancellationToken.None);
            return ExitCodes.Done;
        }
        catch (UsageException problem)
        {
            await error.WriteLineAsync(problem.Message);
            return ExitCodes.Usage;
        }
        catch (StoreException problem)
        {
            await error.WriteLineAsync(problem.Message);
            return ExitCodes.Failed;
        }
    }
}

/// <summary>The program's arguments, read.</summary>
/// <param name="Options">How to serve.</param>
/// <param name="Store">The store's URI, or null where none was named.</param>
internal sealed record ServeArguments(ServeOptions Options, string? Store)
{
    /// <summary>Reads arguments of the form <c>--name value</c>.</summary>
    /// <exception cref="UsageException">One is unknown, given twice, without value or not a number.</exception>
    public static ServeArguments Parse(string[] args, Func<string, string?> environment)
    {
        Dictionary<string, string> given = Pairs(args);
        string? Text(string name) => given.Remove(name, out string? value) ? value : null;
        long? Number(string name) => Text(name) is not { } text ? null
            : long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long value) && value <= int.MaxValue ? value
            : throw new UsageException($"{name} is '{text}'; expected a whole number.");

        string model = Text("--model") ?? throw new UsageException("There is no --model; expected an artifact such as onnx/quickstart:latest, or an ONNX file.");
        ServeOptions defaults = new() { Model = model };
        ServeOptions options = defaults with
        {
            Host = Text("--host") ?? defaults.Host,
            Port = (int)(Number("--port") ?? defaults.Port),
            Threads = (int)(Number("--threads") ?? defaults.Threads),
            Concurrency = (int)(Number("--concurrency") ?? defaults.Concurrency),
            Queue = (int)(Number("--queue") ?? defaults.Queue),
            MaxBodyBytes = Number("--max-body-mb") is { } megabytes ? megabytes << 20 : defaults.MaxBodyBytes,
            Deadline = Number("--deadline-seconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : defaults.Deadline,
            CacheFolder = Text("--cache"),
            Keys = ApiKeys.Parse(environment(ApiKeys.Variable)),
        };
        string? store = Text("--store") ?? environment("UNREEL_STORE");
        return given.Count == 0 ? new ServeArguments(options, store) : throw new UsageException($"The option {given.Keys.First()} is unknown.");
    }

    private static Dictionary<string, string> Pairs(string[] args)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        for (int index = 0; index < args.Length; index += 2)
        {
            if (!args[index].StartsWith("--", StringComparison.Ordinal))
                throw new UsageException($"'{args[index]}' is no option; expected --name value.");
            if (index + 1 == args.Length)
                throw new UsageException($"The option {args[index]} has no value.");
            if (!pairs.TryAdd(args[index], args[index + 1]))
                throw new UsageException($"The option {args[index]} is given twice.");
        }

        return pairs;
    }
}
