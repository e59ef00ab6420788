using System.Net.Sockets;
using System.Text;

namespace Unreel.Serve.Tests;

/// <summary>A connection on which a test writes what no proper client would.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly TcpClient _client = new();

    private NetworkStream Stream => _client.GetStream();

    public static async Task<RawConnection> OpenAsync(TestHost host) => await OpenAsync(host.Address);

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        RawConnection connection = new();
        await connection._client.ConnectAsync(address.Host, address.Port);
        return connection;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes; that the server has closed the connection meanwhile is no failure.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await Stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // What the server said before is still there to be read.
        }
    }

    /// <summary>Reads all that comes until the server closes the connection; fails after a minute.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using CancellationTokenSource tooLong = new(TimeSpan.FromSeconds(60));
        using MemoryStream read = new();
        try
        {
            await Stream.CopyToAsync(read, tooLong.Token);
        }
        catch (IOException)
        {
            // Reset instead of closed: the same to whoever waits.
        }

        return Encoding.Latin1.GetString(read.ToArray());
    }

    /// <summary>Leaves without a word, as a program that is killed.</summary>
    public void Abort()
    {
        _client.Client.LingerState = new LingerOption(true, 0);
        _client.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
