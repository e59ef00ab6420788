using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Serve.Admission;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

/// <summary>Uploads that are slow, or break off.</summary>
public sealed class HardeningUploadTests
{
    [Theory]
    [InlineData("PUT", "/v1/classify", "")]
    [InlineData("POST", "/v1/embed", "Content-Type: multipart/form-data; boundary=x\r\n")]
    [InlineData("POST", "/v2/models/m/infer", "")]
    public async Task An_upload_that_trickles_is_given_up_and_its_connection_closed(string method, string path, string headers)
    {
        await using TestHost host = await OpenInferenceTests.StartAsync(options => options with { Deadline = TimeSpan.FromSeconds(1) });
        await using RawConnection connection = await RawConnection.OpenAsync(host);
        await connection.SendAsync($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 100000\r\n\r\n");
        using CancellationTokenSource stop = new();
        Task trickle = TrickleAsync(connection, stop.Token);

        string answer = await connection.ReadToEndAsync();

        await stop.CancelAsync();
        await trickle;
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("The upload did not end within 1 s.", answer, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Inside(host) == 0);
    }

    [Fact]
    public async Task Uploads_that_break_off_anywhere_leave_nothing()
    {
        await using TestHost host = await OpenInferenceTests.StartAsync(options => options with { MemoryThreshold = 1000, Queue = 100 });
        byte[] video = TestVideos.Bytes();
        byte[] form = [.. "--x\r\nContent-Disposition: form-data; name=file; filename=a.mp4\r\n\r\n"u8, .. video, .. "\r\n--x--\r\n"u8];
        (string Path, string Headers, byte[] Body)[] requests =
        [
            ("/v1/classify", "", video),
            ("/v1/classify?timeline=1", "Accept: text/event-stream\r\n", video),
            ("/v1/embed", "Content-Type: multipart/form-data; boundary=x\r\n", form),
            ("/v2/models/m/infer", "Inference-Header-Content-Length: 100\r\n", OpenInferenceTests.Clips(4)),
        ];
        for (ulong number = 0; number < 60; number++)
        {
            RandomStream random = new(4, "break-off", number);
            (string path, string headers, byte[] body) = requests[random.NextInt(requests.Length)];
            RawConnection connection = await RawConnection.OpenAsync(host);
            await connection.SendAsync($"POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");
            // Sometimes all of it, so that the caller leaves while it is worked on.
            await connection.SendAsync(body[..random.NextInt(body.Length + 1)]);
            connection.Abort();
        }

        await Eventually.TrueAsync(() => Inside(host) == 0);
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify", video)).Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.Spool));
        await AssertNobodyHoldsTheModelAsync(host);
    }

    private static async Task AssertNobodyHoldsTheModelAsync(TestHost host)
    {
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;
        ServedModel old = place.Current!;
        place.Put(new ServedModel(new ModelFile("other", Digest.FromHash(new byte[32]), "other"), new FakeClassifier(1f), TimeProvider.System));

        await old.Closed.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static async Task TrickleAsync(RawConnection connection, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes("-"));
            await Task.Delay(200, ct).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static int Inside(TestHost host) => host.Services.GetRequiredService<AdmissionGate>().Inside;
}
