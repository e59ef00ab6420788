using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Tests.Decoding;

/// <summary>Videos that are posted are decoded in processes of their own; whatever becomes of these, the server goes on.</summary>
public sealed class BoxedServerTests
{
    [SharedDataFact]
    public async Task Every_odd_file_is_answered_as_this_process_would()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Decoders = 2 });
        DecodePool pool = host.Services.GetRequiredService<DecodePool>();
        ClipPreparation preparation = TinyPreparation;
        foreach (string path in Directory.GetFiles(SharedData.File("odd")).Order(StringComparer.Ordinal))
        {
            byte[] body = File.ReadAllBytes(path);
            string? refusal = WhyNot(path, host.Services.GetRequiredService<ServeOptions>().Limits, preparation);

            Answer answer = await host.SendAsync(HttpMethod.Post, "/v1/classify", body);

            Assert.True(answer.Status == (refusal is null ? 200 : body.Length == 0 ? 400 : 422), $"{path}: {answer.Status} {answer.Text}");
            if (answer.Status == 422)
                answer.AssertProblem(422, refusal!);
        }

        Assert.Equal((2, 0), (pool.Processes.Count, pool.Counts.Busy));
        Assert.Equal(2, pool.Counts.Started);
    }

    [SharedDataFact]
    public async Task Killing_decoders_under_load_loses_only_what_they_held()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Decoders = 2, Concurrency = 4, Queue = 100 });
        DecodePool pool = host.Services.GetRequiredService<DecodePool>();
        byte[] clip = File.ReadAllBytes(SharedData.File("odd", "sample.mp4"));
        using CancellationTokenSource enough = new();
        Task killing = Task.Run(async () =>
        {
            for (uint kill = 0; !enough.IsCancellationRequested; kill++)
            {
                RandomStream random = new(9, "kill", kill);
                await Task.Delay(random.NextInt(150));
                SystemView.Kill(pool.Processes.ElementAtOrDefault(random.NextInt(2)));
            }
        });
        int good = 0, lost = 0;
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (_, ct) =>
        {
            Answer answer;
            // More may come than it can answer for the moment; whoever is told so comes again.
            while ((answer = await host.SendAsync(HttpMethod.Post, "/v1/classify", clip)).Status == 429)
                await Task.Delay(20, ct);
            if (answer.Status != 200)
                answer.AssertProblem(422, "its decoding was stopped: its decoder was killed");
            Interlocked.Increment(ref answer.Status == 200 ? ref good : ref lost);
        });
        await enough.CancelAsync();
        await killing;

        Assert.Equal(60, good + lost);
        Assert.True(lost > 0, "not one video was hit: the test tests nothing");
        Assert.Equal(lost, pool.Counts.Stopped[DecodeStop.Killed]);
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Post, "/v1/classify", clip)).Status);
    }

    [Fact]
    public async Task A_server_that_is_killed_leaves_no_process_behind()
    {
        using TemporaryFolder folder = new();
        ProcessStartInfo start = new("dotnet", [typeof(ServeHost).Assembly.Location, "--model", TinyModel.Write(folder.Path), "--port", "0"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process server = Process.Start(start)!;
        try
        {
            List<string> said = [];
            while (await server.StandardError.ReadLineAsync() is { } line && !line.Contains("Listening on", StringComparison.Ordinal))
                said.Add(line);
            int[] decoders = [.. SystemView.Children(server.Id)];
            Assert.True(decoders.Length > 0, string.Join('\n', said));

            server.Kill();
            await server.WaitForExitAsync();

            Assert.True(SpinWait.SpinUntil(() => !decoders.Any(SystemView.Lives), TimeSpan.FromSeconds(30)), "decoding processes outlive their server");
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_stopped_server_leaves_no_process_behind()
    {
        TestHost host = await TestHost.StartAsync(options => options with { Decoders = 3 });
        int[] decoders = [.. host.Services.GetRequiredService<DecodePool>().Processes];

        await host.DisposeAsync();

        Assert.Equal(3, decoders.Length);
        Assert.DoesNotContain(decoders, SystemView.Exists);
    }

    private static ClipPreparation TinyPreparation { get; } = new() { Frames = 4, Stride = 2, Size = 16, Clips = 2 };

    private static string? WhyNot(string path, VideoLimits limits, ClipPreparation preparation)
    {
        try
        {
            using VideoReader reader = VideoReader.Open(path, limits);
            _ = preparation.Read(reader, CancellationToken.None);
            return null;
        }
        catch (VideoException refused)
        {
            return refused.Message[path.Length..];
        }
    }
}
