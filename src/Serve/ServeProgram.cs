using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve;

/// <summary>The server as a program of its own: arguments in, exit code out.</summary>
public static class ServeProgram
{
    private const string Help = """
        usage: Unreel.Serve --model MODEL [--host 127.0.0.1] [--port 8080] [--threads 0] [--device cpu] [--concurrency 0] [--queue 16]
                            [--max-body-mb 64] [--deadline 60] [--store STORE]
        MODEL is an artifact (onnx/name:tag), an ONNX file, or a folder with a model.onnx; the deadline is in seconds.
        Where --store does not name the store, UNREEL_STORE does, else it is the nearest folder .unreel at or above the current one.
        UNREEL_KEYS holds the keys that callers must have.
        """;

    /// <summary>Serves until told to stop.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="error">Where messages go.</param>
    /// <returns>An exit code, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string, string?> environment, TextWriter error)
    {
        if (args is ["--help" or "-h" or "-?"])
        {
            await error.WriteLineAsync(Help);
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
