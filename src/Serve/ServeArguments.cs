using System.Globalization;
using Unreel.Pipelines;
using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve;

/// <summary>The program's arguments, read: names, meanings and defaults are those of <c>unreel serve</c>.</summary>
/// <param name="Options">How to serve.</param>
/// <param name="Store">The store's URI, or null where none was named.</param>
internal sealed record ServeArguments(ServeOptions Options, string? Store)
{
    private const string StoreFolder = ".unreel";
    private const string StoreVariable = "UNREEL_STORE";

    /// <summary>The options there are.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["--model", "--host", "--port", "--threads", "--device", "--gpu-memory-mb", "--concurrency", "--queue", "--max-body-mb", "--deadline", "--store"];

    /// <summary>Reads arguments of the form <c>--name value</c> or <c>--name=value</c>.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="folder">Where the search for a store begins; null for the current folder.</param>
    /// <exception cref="UsageException">One is unknown, given twice, without value or not a number.</exception>
    public static ServeArguments Parse(string[] args, Func<string, string?> environment, string? folder = null)
    {
        Dictionary<string, string> given = Pairs(args);
        string? Text(string name) => given.Remove(name, out string? value) ? value : null;
        int? Number(string name) => Text(name) is not { } text ? null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
            : throw new UsageException($"{name} is '{text}'; expected a whole number.");

        string model = Text("--model") ?? throw new UsageException("There is no --model; expected an artifact such as onnx/quickstart:latest, or an ONNX file.");
        ServeOptions defaults = new() { Models = [ModelChoice.Parse(model)] };
        ServeOptions options = defaults with
        {
            Host = Text("--host") ?? defaults.Host,
            Port = Number("--port") ?? defaults.Port,
            Threads = Number("--threads") ?? defaults.Threads,
            Device = Text("--device") ?? defaults.Device,
            GpuMemoryLimit = Number("--gpu-memory-mb") is { } gpu ? (long)gpu << 20 : defaults.GpuMemoryLimit,
            Concurrency = Number("--concurrency") ?? defaults.Concurrency,
            Queue = Number("--queue") ?? defaults.Queue,
            MaxBodyBytes = Number("--max-body-mb") is { } megabytes ? (long)megabytes << 20 : defaults.MaxBodyBytes,
            Deadline = Text("--deadline") is { } seconds ? Seconds(seconds) : defaults.Deadline,
            Keys = ApiKeys.Parse(environment(ApiKeys.Variable)),
        };
        string? store = Filled(Text("--store")) ?? Filled(environment(StoreVariable)) ?? NearestStore(folder ?? Directory.GetCurrentDirectory());
        return new ServeArguments(options, store);
    }

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? NearestStore(string folder)
    {
        for (DirectoryInfo? place = new(folder); place is not null; place = place.Parent)
        {
            string candidate = Path.Combine(place.FullName, StoreFolder);
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }

    // The server holds the deadline against its range; here it only has to be a span of time at all.
    private static TimeSpan Seconds(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--deadline is '{text}'; expected a number of seconds.");

    private static Dictionary<string, string> Pairs(string[] args)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out string? argument))
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string name = argument == "-m" ? "--model" : equals < 0 ? argument : argument[..equals];
            if (!name.StartsWith("--", StringComparison.Ordinal))
                throw new UsageException($"'{argument}' is no option; expected --name value.");
            if (!Names.Contains(name))
                throw new UsageException($"The option {name} is unknown; there are {string.Join(", ", Names)}.");

            string? value = equals >= 0 ? argument[(equals + 1)..] : rest.TryDequeue(out string? next) ? next : null;
            if (value is null)
                throw new UsageException($"The option {name} has no value.");
            if (!pairs.TryAdd(name, value))
                throw new UsageException($"The option {name} is given twice.");
        }

        return pairs;
    }
}
