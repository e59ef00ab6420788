using System.Net.Http.Headers;
using System.Text;
using Unreel.Serve.Http;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class KeyTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer wrong-key-wrong-key", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Basic !!!", 401)]
    [InlineData("Bearer " + Key, 200)]
    [InlineData("bearer another-key-of-enough-letters", 200)]
    public async Task Only_a_known_key_opens_the_server(string? authorization, int status)
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Keys = [Key, "another-key-of-enough-letters"] });
        if (authorization is not null)
            host.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        Assert.Equal(status, (await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).Status);
        Assert.Equal(status, (await host.GetAsync("/v1/models")).Status);
        Assert.Equal(status, (await host.GetAsync("/openapi/v1.json")).Status);
        Assert.Equal(200, (await host.GetAsync("/")).Status);
        Assert.Equal(200, (await host.GetAsync("/livez")).Status);
        Assert.Equal(200, (await host.GetAsync("/readyz")).Status);
    }

    [Fact]
    public async Task Browsers_give_the_key_as_a_password()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Keys = [Key] });
        Answer asked = await host.GetAsync("/registry");
        asked.AssertProblem(401, "Bearer KEY");
        Assert.Contains("Basic", asked.Header("WWW-Authenticate"), StringComparison.Ordinal);

        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{Key}")));
        Assert.Equal(200, (await host.GetAsync("/v1/models")).Status);
    }

    [Fact]
    public void Keys_are_read_from_text()
    {
        Assert.Equal(["a", "b", "c"], ApiKeys.Parse(" a,b\n\tc ,"));
        Assert.Empty(ApiKeys.Parse(null));
    }

    [Fact]
    public async Task A_foreign_host_name_is_refused_on_loopback()
    {
        await using TestHost host = await TestHost.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "/registry");
        request.Headers.Host = "evil.example";

        Assert.Equal(400, (int)(await host.Client.SendAsync(request)).StatusCode);
    }
}
