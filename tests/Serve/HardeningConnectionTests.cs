using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>Callers that connect and say nothing, or not enough.</summary>
public sealed class HardeningConnectionTests
{
    private const int Many = 1000;

    [Fact]
    public async Task A_thousand_idle_connections_keep_nobody_from_being_answered()
    {
        await using TestHost host = await TestHost.StartAsync();
        List<RawConnection> idle = [];
        try
        {
            for (int index = 0; index < Many; index++)
                idle.Add(await RawConnection.OpenAsync(host));
            // A third says nothing, a third begins with its headers, a third with its body.
            for (int index = 0; index < Many; index++)
            {
                if (index % 3 == 1)
                    await idle[index].SendAsync("POST /v1/classify HTTP/1.1\r\nHost: loc");
                if (index % 3 == 2)
                    await idle[index].SendAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }

            for (int request = 0; request < 5; request++)
                Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).Status);
        }
        finally
        {
            foreach (RawConnection connection in idle)
                connection.Abort();
        }

        Assert.Equal(200, (await host.GetAsync("/readyz")).Status);
    }
}
