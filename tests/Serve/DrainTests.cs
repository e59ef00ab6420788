using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>The server's own program as a process, ended by signals.</summary>
public sealed partial class DrainTests : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    [Fact]
    public async Task Told_to_end_it_is_not_ready_then_takes_nothing_new_finishes_what_is_in_hand_and_exits_with_0()
    {
        int port = await StartAsync("--drain-seconds", "3");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.True((await client.GetAsync("/readyz")).IsSuccessStatusCode);
        byte[] video = TestVideos.Bytes();
        using TcpClient upload = new("127.0.0.1", port);
        NetworkStream stream = upload.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {video.Length}\r\n\r\n"));
        await stream.WriteAsync(video.AsMemory(0, 100));

        Signal("TERM");

        await UntilAsync(async () => (int)(await client.GetAsync("/readyz")).StatusCode == 503);
        Assert.Equal(200, (int)(await client.PutAsync("/v1/classify", new ByteArrayContent(video))).StatusCode);
        await UntilAsync(() => Task.FromResult(IsClosed(port)));
        Assert.False(_process!.HasExited);

        await stream.WriteAsync(video.AsMemory(100));
        using StreamReader reader = new(stream);
        Assert.StartsWith("HTTP/1.1 200", await reader.ReadLineAsync().WaitAsync(Longest), StringComparison.Ordinal);
        await _process.WaitForExitAsync().WaitAsync(Longest);
        Assert.Equal(0, _process.ExitCode);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        int port = await StartAsync("--drain-seconds", "3600");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Signal("TERM");
        await UntilAsync(async () => (int)(await client.GetAsync("/readyz")).StatusCode == 503);
        Signal("TERM");

        await _process!.WaitForExitAsync().WaitAsync(Longest);
        Assert.NotEqual(0, _process.ExitCode);
    }

    [Fact]
    public async Task Whoever_presses_Ctrl_C_does_not_wait_for_load_balancers()
    {
        await StartAsync("--drain-seconds", "3600");

        Signal("INT");

        await _process!.WaitForExitAsync().WaitAsync(Longest);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Dispose();
    }

    private static bool IsClosed(int port)
    {
        try
        {
            using TcpClient client = new("127.0.0.1", port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < Longest; await Task.Delay(50))
        {
            if (await holds())
                return;
        }

        Assert.Fail(_log.ToString());
    }

    private async Task<int> StartAsync(params string[] arguments)
    {
        string model = TinyModel.Write(_folder.Path);
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Unreel.Serve.dll"), "--model", model, "--port", "0", "--threads", "1", .. arguments])
        {
            RedirectStandardError = true,
        };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        start.Environment["XDG_CACHE_HOME"] = _folder.File("cache");
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginErrorReadLine();
        await _ready.Task.WaitAsync(Longest);
        return await _port.Task;
    }

    private void Read(string? line)
    {
        if (line is null)
            return;

        _log.AppendLine(line);
        if (Listening().Match(line) is { Success: true } match)
            _port.TrySetResult(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        if (line.Contains("All models are in service; try: curl -T clip.mp4", StringComparison.Ordinal))
            _ready.TrySetResult();
    }

    private void Signal(string name) => Judges.Run("/bin/kill", $"-{name}", _process!.Id.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"Listening on http://127\.0\.0\.1:(\d+);")]
    private static partial Regex Listening();
}
