using System.Collections.Concurrent;
using System.Diagnostics;

namespace Unreel.Cli.Tests;

/// <summary>A service's command as a process, started again when it ends as the service's restart policy says.</summary>
public sealed class ComposeProcess : IAsyncDisposable
{
    private readonly ComposeService _service;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _loop;
    private Process? _process;

    public ComposeProcess(ComposeService service, string folder)
    {
        (_service, _folder) = (service, folder);
        _loop = RunAsync();
    }

    public string Name => _service.Name;

    public int Starts { get; private set; }

    public int? LastCode { get; private set; }

    /// <summary>Waits for the end of one that is not started again.</summary>
    public Task<int> EndedAsync() => _loop;

    /// <summary>Asks it to end, as docker stop does, and waits.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    public override string ToString() => $"{Name}, started {Starts} times, last exit code {LastCode}:\n{string.Join('\n', _lines.TakeLast(40))}";

    private async Task<int> RunAsync()
    {
        do
        {
            using Process process = _process = Start();
            Starts++;
            Task read = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
            await using (_stop.Token.Register(() => Process.Start("kill", $"-TERM {process.Id}").WaitForExit()))
                await process.WaitForExitAsync(CancellationToken.None);
            await read;
            LastCode = process.ExitCode;
            if (_service.Restart != "no" && !_stop.IsCancellationRequested)
                await Task.Delay(1000, CancellationToken.None);
        }
        while (_service.Restart != "no" && !_stop.IsCancellationRequested);
        return LastCode!.Value;
    }

    private Process Start()
    {
        // What the images' entry points are.
        string program = _service.Image switch
        {
            "unreel" => "unreel.dll",
            "unreel-serve" => "Unreel.Serve.dll",
            _ => throw new InvalidOperationException($"{_service.Image} is no image of ours."),
        };
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. _service.Command.Select(Inside)])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in _service.Environment.Where(entry => entry.Key != "HOME"))
            start.Environment[name] = value;
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(_folder, "cache");
        return Process.Start(start)!;
    }

    // What is mounted at a folder lies elsewhere on this machine.
    private string Inside(string word)
    {
        string? mount = _service.Volumes.FirstOrDefault(volume => word.StartsWith(volume.Split(':')[1] + "/", StringComparison.Ordinal));
        return mount is null ? word : mount.Split(':')[0] + word[mount.Split(':')[1].Length..];
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            _lines.Enqueue(line);
    }
}
