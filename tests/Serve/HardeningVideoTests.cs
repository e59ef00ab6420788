using System.Collections.Concurrent;
using System.Globalization;
using Unreel.Testing;

namespace Unreel.Serve.Tests;

/// <summary>Videos that are odd, broken or made to break, posted to a server that has to go on serving.</summary>
public sealed class HardeningVideoTests
{
    private const int Rounds = 2000, AtATime = 4;

    [SharedDataFact]
    public async Task Odd_files_and_mutations_get_answers_and_the_server_stays_as_it_was()
    {
        await using ServerProcess server = await ServerProcess.StartAsync("--deadline", "30");
        int id = server.Id;
        byte[][] clips = [.. Small().Select(File.ReadAllBytes)];
        ConcurrentDictionary<int, int> statuses = [];

        // The first hundreds fill pools and caches and load codecs; after them memory is what it is going to be.
        await PostAllAsync(server, OddFiles().Concat(Mutated(clips, 0, Rounds / 2)), statuses);
        long before = server.Memory;
        await PostAllAsync(server, Mutated(clips, Rounds / 2, Rounds / 2), statuses);
        await Task.Delay(1000);
        long after = server.Memory;

        Assert.False(server.HasExited);
        Assert.Equal(id, server.Id);
        Assert.Equal(200, (await server.PostAsync("/v1/classify", clips[0])).Status);
        Assert.True(statuses.GetValueOrDefault(200) > 0 && statuses.GetValueOrDefault(422) > 0, string.Join(", ", statuses));
        Assert.True(after < 1.1 * before, string.Create(CultureInfo.InvariantCulture, $"Memory went from {before >> 20} to {after >> 20} MiB."));
    }

    private static async Task PostAllAsync(ServerProcess server, IEnumerable<(string Name, byte[] Bytes)> videos, ConcurrentDictionary<int, int> statuses)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtATime };
        int count = 0;
        await Parallel.ForEachAsync(videos, options, async (video, _) =>
        {
            string path = (Interlocked.Increment(ref count) % 8) switch { 0 => "/v1/classify?timeline=1", 1 => "/v1/embed", _ => "/v1/classify" };
            (int status, string text) = await server.PostAsync(path, video.Bytes);
            statuses.AddOrUpdate(status, 1, (_, before) => before + 1);
            Assert.True(status is >= 200 and < 500, $"{video.Name} at {path}: {status} {text}");
            Assert.DoesNotContain("/tmp", text, StringComparison.Ordinal);
        });
    }

    private static IEnumerable<(string Name, byte[] Bytes)> OddFiles() =>
        Directory.EnumerateFiles(SharedData.File("odd")).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)));

    private static IEnumerable<(string Name, byte[] Bytes)> Mutated(byte[][] clips, int first, int count) =>
        Enumerable.Range(first, count).Select(number => ($"mutation {number}", Mutations.Of(clips[number % clips.Length], "video", (ulong)number)));

    // Small, so that thousands are a matter of seconds, and of several containers and codecs.
    private static IEnumerable<string> Small() =>
        Directory.EnumerateFiles(SharedData.File("weizmann"), "*.avi", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(SharedData.File("odd")).Where(path => Path.GetExtension(path) is ".mp4" or ".webm" or ".mkv" or ".mov" or ".gif"))
            .Where(path => new FileInfo(path).Length is > 1000 and < 120_000)
            .Order(StringComparer.Ordinal);
}
