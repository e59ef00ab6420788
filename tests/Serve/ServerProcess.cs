using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>The server's own program, run as its container runs it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private ServerProcess(TemporaryFolder folder, Process process, HttpClient client) => (_folder, _process, Client) = (folder, process, client);

    public HttpClient Client { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Bytes of memory that the process holds, those of its decoding processes not among them.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts the program with a tiny model and waits until that is ready.</summary>
    public static async Task<ServerProcess> StartAsync(params string[] options)
    {
        TemporaryFolder folder = new();
        string model = TinyModel.Write(folder.File("tiny"));
        string program = Path.Combine(AppContext.BaseDirectory, "Unreel.Serve.dll");
        ProcessStartInfo start = new("dotnet", [program, "--model", model, "--port", "0", "--threads", "1", .. options]) { RedirectStandardError = true };
        start.Environment["UNREEL_KEYS"] = "";
        Process process = Process.Start(start)!;
        string? address = null;
        while (address is null && await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120)) is { } line)
            address = Listening().Match(line) is { Success: true } match ? match.Value : null;

        // A pipe that nobody empties would in the end hold up whoever writes the log.
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        HttpClient client = new() { BaseAddress = new Uri(address ?? throw new InvalidOperationException("The server ended before it listened.")), Timeout = TimeSpan.FromSeconds(120) };
        ServerProcess server = new(folder, process, client);
        for (int attempt = 0; !(await client.GetAsync("/readyz")).IsSuccessStatusCode; attempt++)
        {
            Assert.True(attempt < 600, "The model does not become ready.");
            await Task.Delay(100);
        }

        return server;
    }

    /// <summary>Posts bytes as a video and returns the status and what was said.</summary>
    public async Task<(int Status, string Text)> PostAsync(string path, byte[] body)
    {
        for (int attempt = 0; ; attempt++)
        {
            using HttpResponseMessage answer = await Client.PostAsync(path, new ByteArrayContent(body));
            // Whoever is told to come back later does so.
            if ((int)answer.StatusCode != 429 || attempt == 600)
                return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());

            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    public override string ToString() => _process.Id.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();
}
