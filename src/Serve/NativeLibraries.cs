using System.Text.RegularExpressions;

namespace Unreel.Serve;

/// <summary>Tells of native libraries that are not there, in one line.</summary>
internal static partial class NativeLibraries
{
    private const string Remedy = "\"unreel doctor\" tells what is there and what installs the rest.";

    /// <summary>Finds such a failure in an error or what caused it; null where it is another.</summary>
    public static string? WhyMissing(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException)
                return Explain(cause.Message);
            if (cause is TypeInitializationException { InnerException: EntryPointNotFoundException or BadImageFormatException or NotSupportedException })
                return $"A native library cannot be used: {FirstLine(cause.InnerException.Message).TrimEnd('.')}. {Remedy}";
        }

        return null;
    }

    // The runtime lists every path it tried; of these only a library that another one needs is news.
    private static string Explain(string message)
    {
        Match library = Named().Match(message), needed = Needed().Match(message);
        string name = library.Success ? library.Groups[1].Value : FirstLine(message);
        return $"The native library {name} cannot be loaded{(needed.Success ? $": it needs {needed.Groups[1].Value}, which is not there" : "")}. {Remedy}";
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();

    [GeneratedRegex("'([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"^\S+: (lib\S+): cannot open shared object file", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Needed();
}
