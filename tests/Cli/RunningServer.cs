using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Unreel.Cli.Tests;

/// <summary>A server as a process of its own, ready to be asked.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    private RunningServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        _error = process.StandardError.ReadToEndAsync();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public int Port { get; }

    public HttpClient Client { get; }

    public static async Task<RunningServer> StartAsync(string folder, params string[] arguments)
    {
        int port = FreePort();
        RunningServer server = new(UnreelProgram.Start(folder, ["serve", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), .. arguments]), port);
        for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < Longest && !server._process.HasExited; await Task.Delay(100))
        {
            if (await server.IsReadyAsync())
                return server;
        }

        server._process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"The server did not become ready: {await server._error}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await Client.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
