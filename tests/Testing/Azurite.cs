using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Unreel.Testing;

/// <summary>The storage emulator, where it is installed.</summary>
public static class Azurite
{
    /// <summary>The program, or null where it is absent.</summary>
    public static string? Program { get; } = Find();

    /// <summary>Why tests that need it are skipped; null where it is installed.</summary>
    public static string? Missing { get; } = Program is null
        ? "Azurite is absent: npm install --prefix artifacts/tools azurite, or set UNREEL_AZURITE to the program azurite-blob."
        : null;

    private static string? Find()
    {
        string program = Environment.GetEnvironmentVariable("UNREEL_AZURITE")
            ?? RepositoryRoot.File("artifacts", "tools", "node_modules", ".bin", "azurite-blob");
        return File.Exists(program) ? program : null;
    }
}

/// <summary>
/// A running Azurite on a free port, with a folder of its own. It ends with the fixture, and with the test process however that ends:
/// a shell holds it and waits for the closing of a pipe, which the system closes even for a killed process.
/// </summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private const string Holder = """
        "$@" </dev/null >/dev/null & child=$!
        cat >/dev/null
        kill $child
        wait $child
        """;

    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private AzuriteFixture(Process process, int port, TemporaryFolder folder) =>
        (_process, Port, _folder) = (process, port, folder);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The store URI of a container.</summary>
    public string Uri(string container) => $"http://127.0.0.1:{Port}/devstoreaccount1/{container}";

    /// <summary>The store URI of a container that no other test uses.</summary>
    public string NewUri() => Uri($"t{Guid.NewGuid():n}");

    /// <summary>Starts it and waits until it accepts connections.</summary>
    public static async Task<AzuriteFixture> StartAsync()
    {
        string program = Azurite.Program ?? throw new InvalidOperationException(Azurite.Missing);
        int port = FreePort();
        TemporaryFolder folder = new();
        ProcessStartInfo start = new("/bin/sh",
        [
            "-c", Holder, "azurite", program, "--location", folder.Path, "--blobHost", "127.0.0.1", "--blobPort", $"{port}",
            "--disableTelemetry", "--silent", "--skipApiVersionCheck",
        ])
        {
            RedirectStandardInput = true,
        };
        AzuriteFixture fixture = new(Process.Start(start)!, port, folder);
        await fixture.UntilReadyAsync();
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task UntilReadyAsync()
    {
        for (int attempt = 0; attempt < 300; attempt++)
        {
            if (_process.HasExited)
                break;

            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(200);
            }
        }

        await DisposeAsync();
        throw new InvalidOperationException($"Azurite did not start on port {Port}.");
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
