using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>infra/compose.yaml: its commands are started as processes beside an Azurite, with small options in place of its folder of options.</summary>
public sealed class ComposeTests : IDisposable
{
    private const string Key = "a-key-of-the-test-and-nobody-else-1";

    private static readonly string File = RepositoryRoot.File("infra", "compose.yaml");

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(180);

    // The sizes of the test; what feeds what stays as it is shipped.
    private static readonly Dictionary<string, string> Small = new()
    {
        ["textures"] = "family: stylegan-oriented\ncount: 2\n",
        ["labelled"] = "kind: motions\ncount: 16\nsize: 32\nframes: 16\nseed: 2\nmaterialize: mp4\n",
        ["synthesize"] = "preset: accelerating-and-transforming-stylegan-crops\ntextures: [\"textures/textures:latest\"]\ncount: 8\nsize: 32\nseed: 1\n",
        ["pretrain"] = "clips: clips/videos:latest\nshape: { frames: 4, image_size: 32, tubelet_size: 2, patch_size: 8, width: 24, depth: 2, heads: 2, mlp_width: 48, decoder_width: 16, decoder_depth: 1, decoder_heads: 2 }\nsteps: 2\nbatch_size: 4\n",
        ["finetune"] = "encoder: weights/encoder:latest\nclips: clips/labelled:latest\nsplit: { share: 0.5 }\nsteps: 2\nbatch_size: 4\ntest_clips: 1\n",
        ["export"] = "classifier: weights/classifier:latest\nclips: clips/labelled:latest\nsplit: { share: 0.5 }\n",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Services_are_linked_by_tags_only_and_their_shipped_options_fit_their_stages()
    {
        IReadOnlyDictionary<string, ComposeService> services = ComposeFile.Read(File, name => name == "UNREEL_KEYS" ? Key : null);
        Assert.Equal(["azurite", "export", "finetune", "labelled", "pretrain", "serve", "synthesize", "textures"], services.Keys.Order(StringComparer.Ordinal));
        foreach (ComposeService service in services.Values.Where(service => service.Image == "unreel"))
        {
            int at = service.Command.ToList().IndexOf("--config");
            string config = Path.Combine(Path.GetDirectoryName(File)!, "compose", Path.GetFileName(service.Command[at + 1]));
            PipelineFile stage = PipelineFile.ForStage(service.Command[0], UnreelHost.Catalog(), config);
            Assert.Empty(stage.Stages[0].LocalFiles());
            Assert.Equal(service.Name is not ("textures" or "labelled"), service.Command.Contains("--watch"));
        }

        Assert.Throws<InvalidOperationException>(() => ComposeFile.Read(File, _ => null));
    }

    [AzuriteFact]
    public async Task A_first_tag_that_moves_wakes_each_stage_in_turn_and_the_server_takes_the_new_model()
    {
        await using AzuriteFixture azurite = await AzuriteFixture.StartAsync();
        int port = FreePort();
        IReadOnlyDictionary<string, ComposeService> first = Services(azurite, port, 1), second = Services(azurite, port, 2);
        ComposeProcess[] running = [.. new[] { "synthesize", "pretrain", "finetune", "export", "serve" }.Select(name => new ComposeProcess(first[name], Folder(name)))];
        try
        {
            await OnceAsync(first["labelled"]);
            await OnceAsync(first["textures"]);
            string before = await ServedAsync(port, null, running);
            string[] tags = await TagsAsync(azurite);

            await OnceAsync(second["textures"]);
            string after = await ServedAsync(port, before, running);
            string[] moved = await TagsAsync(azurite);

            Assert.Equal(["clips/labelled", "clips/videos", "onnx/model", "textures/textures", "weights/classifier", "weights/encoder"], tags.Select(tag => tag.Split('@')[0]));
            Assert.Equal(["clips/labelled"], moved.Intersect(tags).Select(tag => tag.Split('@')[0]));
            Assert.Contains($"onnx/model@{after}", moved);
        }
        finally
        {
            foreach (ComposeProcess process in running)
                await process.DisposeAsync();
        }

        Assert.All(running.Where(process => process.Name != "serve"), process => Assert.True(process.Starts == 1 && process.LastCode == 130, process.ToString()));
        Assert.True(running.Single(process => process.Name == "serve").LastCode == 0, running.Last().ToString());
    }

    private async Task OnceAsync(ComposeService service)
    {
        await using ComposeProcess process = new(service, Folder(service.Name));
        int code = await process.EndedAsync();
        Assert.True(code == 0, process.ToString());
    }

    private IReadOnlyDictionary<string, ComposeService> Services(AzuriteFixture azurite, int port, int seed)
    {
        string config = Folder("config");
        foreach ((string name, string text) in Small)
            System.IO.File.WriteAllText(Path.Combine(config, name + ".yaml"), text);
        return ComposeFile.Read(File, name => name switch
        {
            "UNREEL_STORE" => azurite.Uri("unreel"),
            "UNREEL_KEYS" => $"inference:{Key}",
            "UNREEL_CONFIG" => config,
            "SERVE_PORT" => port.ToString(CultureInfo.InvariantCulture),
            "TEXTURES_SEED" => seed.ToString(CultureInfo.InvariantCulture),
            _ => null,
        });
    }

    /// <summary>Waits for a model that is not the one before.</summary>
    private static async Task<string> ServedAsync(int port, string? before, IEnumerable<ComposeProcess> running)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < Longest; await Task.Delay(500))
        {
            if (await DigestAsync(client) is { } digest && digest != before)
                return digest;
        }

        throw new InvalidOperationException($"No new model is served.\n{string.Join('\n', running)}");
    }

    private static async Task<string?> DigestAsync(HttpClient client)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync("/v1/models");
            return answer.IsSuccessStatusCode ? (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())?["models"]?[0]?["digest"] : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<string[]> TagsAsync(AzuriteFixture azurite)
    {
        ProgramResult listed = await UnreelProgram.RunAsync(Folder("list"), "artifacts", "ls", "--json", "--store", azurite.Uri("unreel"));
        Assert.True(listed.Code == 0, listed.ToString());
        return [.. listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .Where(line => line["tags"]!.AsArray().Any(tag => (string?)tag == "latest"))
            .Select(line => $"{line["kind"]}/{line["name"]}@{line["digest"]}").Order(StringComparer.Ordinal)];
    }

    private string Folder(string name)
    {
        string folder = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
