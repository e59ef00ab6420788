using System.Text;
using System.Text.Json;
using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>Writes server-sent events, each sent at once.</summary>
internal sealed class EventWriter(HttpResponse response)
{
    private static readonly byte[] Heartbeat = ": still here\n\n"u8.ToArray();

    /// <summary>Sends an event with a value as JSON.</summary>
    public async Task SendAsync<T>(string name, T value, CancellationToken ct)
    {
        Begin();
        // JSON without indentation holds no line break, so that one line of data is enough.
        byte[] data = JsonSerializer.SerializeToUtf8Bytes(value, ServeJson.Options);
        await response.Body.WriteAsync(Encoding.ASCII.GetBytes($"event: {name}\ndata: "), ct);
        await response.Body.WriteAsync(data, ct);
        await response.Body.WriteAsync("\n\n"u8.ToArray(), ct);
        await response.Body.FlushAsync(ct);
    }

    /// <summary>Sends a comment, so that nobody between here and the caller takes the silence for an end.</summary>
    public async Task BeatAsync()
    {
        Begin();
        await response.Body.WriteAsync(Heartbeat);
        await response.Body.FlushAsync();
    }

    private void Begin()
    {
        if (response.HasStarted)
            return;

        response.ContentType = TimelineStream.MediaType;
        response.Headers.CacheControl = "no-store";
        // Proxies that collect answers before they pass them on would undo the stream.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}
