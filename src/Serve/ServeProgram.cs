using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve;

/// <summary>The server as a program of its own: arguments in, exit code out.</summary>
public static class ServeProgram
{
    /// <summary>Serves until told to stop.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="error">Where messages go.</param>
    /// <returns>An exit code, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string, string?> environment, TextWriter error)
    {
        if (args is ["--help" or "-h" or "-?"])
        {
            await error.WriteAsync(ServeHelp.Text("Unreel.Serve"));
            return ExitCodes.Done;
        }

        try
        {
            ServeArguments arguments = ServeArguments.Parse(args, environment);
            await ServeHost.RunAsync(arguments.Options, arguments.Store is { } uri ? ArtifactStores.Open(uri) : null, CancellationToken.None);
            return ExitCodes.Done;
        }
        catch (Exception problem)
        {
            (string message, int code) = ServeErrors.Explain(problem);
            await error.WriteLineAsync(message);
            return code;
        }
    }
}
