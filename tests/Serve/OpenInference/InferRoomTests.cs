using Microsoft.AspNetCore.Http;
using Unreel.Serve.Admission;
using Unreel.Serve.OpenInference;

namespace Unreel.Serve.Tests.OpenInference;

public sealed class InferRoomTests
{
    private const int Most = 64 << 20;

    [Fact]
    public async Task Room_is_taken_for_what_came_and_not_for_what_was_announced()
    {
        InferRoom room = new(Most);
        HttpRequest request = Request(new StalledBody(), announced: Most);
        using CancellationTokenSource stop = new();

        Task<InferBody> reading = InferBody.ReadAsync(request, Most, room, stop.Token);

        Assert.InRange(room.Taken, 1, 1 << 20);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public async Task Bodies_that_do_not_fit_beside_the_others_are_refused()
    {
        InferRoom room = new(2 << 20);
        InferBody first = await InferBody.ReadAsync(Request(new MemoryStream(new byte[700_000]), 700_000), Most, room, default);

        Assert.InRange(room.Taken, 700_000, 1 << 20);
        Assert.Equal(700_000, first.Length);
        await Assert.ThrowsAsync<RefusedException>(() => InferBody.ReadAsync(Request(new MemoryStream(new byte[700_000]), null), Most, room, default));
        first.Dispose();
        Assert.Equal(0, room.Taken);
        (await InferBody.ReadAsync(Request(new MemoryStream(new byte[400_000]), null), Most, room, default)).Dispose();
        Assert.Equal(0, room.Taken);
    }

    private static HttpRequest Request(Stream body, long? announced)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        (request.Body, request.ContentLength) = (body, announced);
        return request;
    }

    /// <summary>A body of which nothing comes.</summary>
    private sealed class StalledBody : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
