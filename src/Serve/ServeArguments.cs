using System.Globalization;
using Unreel.Pipelines;
using Unreel.Serve.Http;

namespace Unreel.Serve;

/// <summary>The program's arguments, read.</summary>
/// <param name="Options">How to serve.</param>
/// <param name="Store">The store's URI, or null where none was named.</param>
internal sealed record ServeArguments(ServeOptions Options, string? Store)
{
    private const string DefaultStore = ".unreel";

    /// <summary>Reads arguments of the form <c>--name value</c>.</summary>
    /// <exception cref="UsageException">One is unknown, given twice, without value or not a number.</exception>
    public static ServeArguments Parse(string[] args, Func<string, string?> environment)
    {
        Dictionary<string, string> given = Pairs(args);
        string? Text(string name) => given.Remove(name, out string? value) ? value : null;
        long? Number(string name) => Text(name) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= int.MaxValue ? value
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
        string? store = Text("--store") ?? environment("UNREEL_STORE") ?? (Directory.Exists(DefaultStore) ? DefaultStore : null);
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
