using Unreel.Pipelines;
using Unreel.Serve.Http;

namespace Unreel.Serve;

/// <summary>The program's arguments, read: names, meanings and defaults are those of <c>unreel serve</c>.</summary>
/// <param name="Options">How to serve.</param>
/// <param name="Store">The store's URI, or null where none was named.</param>
public sealed record ServeArguments(ServeOptions Options, string? Store)
{
    private const string StoreFolder = ".unreel";
    private const string StoreVariable = "UNREEL_STORE";
    private const string StoreOption = "--store";

    /// <summary>The options there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ServeSettings.All.Select(setting => setting.Name), StoreOption];

    /// <summary>Reads arguments of the form <c>--name value</c> or <c>--name=value</c>.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="folder">Where the search for a store begins; null for the current folder.</param>
    /// <exception cref="UsageException">One is unknown, given twice, without value or not what is expected.</exception>
    public static ServeArguments Parse(string[] args, Func<string, string?> environment, string? folder = null)
    {
        List<(string Name, string Value)> given = Pairs(args);
        string? named = given.Find(pair => pair.Name == StoreOption).Value;
        string? store = Filled(named) ?? Filled(environment(StoreVariable)) ?? NearestStore(folder ?? Directory.GetCurrentDirectory());
        return new ServeArguments(OptionsOf(given.Where(pair => pair.Name != StoreOption), environment), store);
    }

    /// <summary>What options and their values stand for.</summary>
    /// <param name="given">Names with their dashes, and values, in order.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="UsageException">There is no model, one is given twice, or a value is not what is expected.</exception>
    public static ServeOptions OptionsOf(IEnumerable<(string Name, string Value)> given, Func<string, string?> environment)
    {
        ServeOptions options = new() { Models = [], Keys = ApiKeys.Parse(environment(ApiKeys.Variable)) };
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach ((string name, string value) in given)
        {
            ServeSetting setting = ServeSettings.All.First(setting => setting.Name == name);
            if (!seen.Add(name) && !setting.Repeats)
                throw new UsageException($"The option {name} is given twice.");

            options = setting.Apply(options, value);
        }

        return options.Models.Count > 0 ? options : throw new UsageException("There is no --model; expected an artifact such as onnx/quickstart:latest, or an ONNX file.");
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

    private static List<(string Name, string Value)> Pairs(string[] args)
    {
        List<(string Name, string Value)> pairs = [];
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out string? argument))
        {
            int equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
            string name = NameOf(equals < 0 ? argument : argument[..equals], argument);
            string? value = equals >= 0 ? argument[(equals + 1)..] : rest.TryDequeue(out string? next) ? next : null;
            if (value is null)
                throw new UsageException($"The option {name} has no value.");
            if (name == StoreOption && pairs.Exists(pair => pair.Name == name))
                throw new UsageException($"The option {name} is given twice.");

            pairs.Add((name, value));
        }

        return pairs;
    }

    private static string NameOf(string written, string argument)
    {
        string name = ServeSettings.All.FirstOrDefault(setting => setting.Alias == written)?.Name ?? written;
        if (!name.StartsWith("--", StringComparison.Ordinal))
            throw new UsageException($"'{argument}' is no option; expected --name value.");

        return Names.Contains(name) ? name : throw new UsageException($"The option {name} is unknown; there are {string.Join(", ", Names)}.");
    }
}
