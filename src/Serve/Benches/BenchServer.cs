using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Serve.Models;

namespace Unreel.Serve.Benches;

/// <summary>An answer and how long it took.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Seconds">From the request's first byte to the answer's last.</param>
/// <param name="Computed">Seconds of that in which the model ran; meaningful only where requests come one after the other.</param>
internal readonly record struct BenchAnswer(int Status, double Seconds, double Computed);

/// <summary>A server on loopback as a user starts it, and a client.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private readonly TimedLoader _loader;
    private readonly string _model;

    private BenchServer(WebApplication app, TimedLoader loader, string model)
    {
        (_app, _loader, _model) = (app, loader, model);
        _client = new HttpClient { BaseAddress = new Uri(ServeHost.AddressOf(app)), Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>The models.</summary>
    public ModelRegistry Registry => _app.Services.GetRequiredService<ModelRegistry>();

    /// <summary>Starts one and waits until it is ready.</summary>
    public static async Task<BenchServer> StartAsync(ServeOptions options, IArtifactStore? store, CancellationToken ct)
    {
        TimedLoader? timed = null;
        WebApplication app = ServeHost.Build(options, store, builder =>
        {
            builder.Logging.ClearProviders();
            timed = new TimedLoader(new OnnxModelLoader(OnnxModelLoader.OptionsOf(options.Threads, options.Device), _ => { }));
            builder.Services.Replace(ServiceDescriptor.Singleton<IModelLoader>(timed));
        });
        await ServeHost.StartAsync(app, options, ct);
        await app.Services.GetRequiredService<ModelRegistry>().Loaded.WaitAsync(ct);
        return new BenchServer(app, timed!, options.Models[0].Name);
    }

    /// <summary>The body of a request with a clip's frames, in the protocol's binary form.</summary>
    public static (byte[] Body, int Json) FramesOf(ClassifierShape shape, byte[] clip)
    {
        string json = string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"inputs":[{"name":"video","datatype":"UINT8","shape":[1,{{{shape.Frames}}},{{{shape.Size}}},{{{shape.Size}}},3],"parameters":{"binary_data_size":{{{clip.Length}}}}}],"outputs":[{"name":"probabilities","parameters":{"binary_data":true}}]}""");
        byte[] head = Encoding.UTF8.GetBytes(json);
        return ([.. head, .. clip], head.Length);
    }

    /// <summary>Sends frames.</summary>
    public Task<BenchAnswer> InferAsync((byte[] Body, int Json) frames, CancellationToken ct)
    {
        ByteArrayContent content = new(frames.Body);
        content.Headers.Add("Inference-Header-Content-Length", frames.Json.ToString(CultureInfo.InvariantCulture));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return SendAsync($"/v2/models/{_model}/infer", content, ct);
    }

    /// <summary>Sends a video.</summary>
    public Task<BenchAnswer> ClassifyAsync(byte[] video, CancellationToken ct) => SendAsync("/v1/classify", new ByteArrayContent(video), ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task<BenchAnswer> SendAsync(string path, HttpContent content, CancellationToken ct)
    {
        long began = Stopwatch.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = content };
        try
        {
            using HttpResponseMessage answer = await _client.SendAsync(request, ct);
            _ = await answer.Content.ReadAsByteArrayAsync(ct);
            return new BenchAnswer((int)answer.StatusCode, Stopwatch.GetElapsedTime(began).TotalSeconds, _loader.Seconds);
        }
        catch (HttpRequestException)
        {
            // A server may answer before it has read a body, and close: the client is still sending then.
            return new BenchAnswer(0, Stopwatch.GetElapsedTime(began).TotalSeconds, 0);
        }
    }

    // Tells how long runs take; between them and the request lies what the server adds.
    private sealed class TimedLoader(IModelLoader inner) : IModelLoader
    {
        private double _seconds;

        public double Seconds => Volatile.Read(ref _seconds);

        public IClipClassifier Load(ModelFile file) => new TimedClassifier(inner.Load(file), seconds => Volatile.Write(ref _seconds, seconds));
    }

    private sealed class TimedClassifier(IClipClassifier inner, Action<double> told) : IClipClassifier
    {
        public IReadOnlyList<string> Labels => inner.Labels;

        public int Width => inner.Width;

        public int? Batch => inner.Batch;

        public string Provider => inner.Provider;

        public Video.ClipPreparation Preparation => inner.Preparation;

        public Predictions Run(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
        {
            long began = Stopwatch.GetTimestamp();
            Predictions predictions = inner.Run(clips, count, ct);
            told(Stopwatch.GetElapsedTime(began).TotalSeconds);
            return predictions;
        }

        public void Dispose() => inner.Dispose();
    }
}
