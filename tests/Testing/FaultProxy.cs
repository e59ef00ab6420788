using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Unreel.Testing;

/// <summary>What a network or a service does to a request.</summary>
public enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It comes late.</summary>
    Latency,

    /// <summary>500 without the request having been done.</summary>
    Error500,

    /// <summary>503 without the request having been done.</summary>
    Error503,

    /// <summary>429 with the wish to wait a moment.</summary>
    Throttled,

    /// <summary>The connection is reset before the service hears of the request.</summary>
    ResetBefore,

    /// <summary>The connection is reset after the service did what was asked: whether it did cannot be told.</summary>
    ResetAfter,

    /// <summary>Half the answer, then a reset.</summary>
    TruncatedAnswer,

    /// <summary>The service gets half the request, then the connection ends.</summary>
    TruncatedRequest,
}

/// <summary>
/// Stands between an HTTP client and a service on this machine and does to some requests what networks do. Which ones depends on the
/// seed, on what is asked for and on how often it was asked for before; not on the order of requests.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _asked = [];
    private readonly ConcurrentDictionary<Fault, int> _counts = [];
    private readonly ConcurrentDictionary<Task, bool> _connections = [];
    private readonly int _upstream;
    private readonly int _seed;
    private readonly double _share;
    private readonly Task _accepting;

    private FaultProxy(int upstream, int seed, double share)
    {
        (_upstream, _seed, _share) = (upstream, seed, share);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether the service is out of reach: every connection is reset.</summary>
    public bool IsOut { get; set; }

    /// <summary>How many requests met which fault.</summary>
    public IReadOnlyDictionary<Fault, int> Counts => _counts;

    /// <summary>How many requests there were.</summary>
    public int Requests => _counts.Values.Sum();

    /// <summary>Starts a proxy.</summary>
    /// <param name="upstream">The service's port on 127.0.0.1.</param>
    /// <param name="seed">Decides who meets what.</param>
    /// <param name="share">The share of requests that meet a fault, from 0 to 1.</param>
    public static FaultProxy Start(int upstream, int seed, double share) => new(upstream, seed, share);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Task connection = ServeAsync(client);
                _connections[connection] = true;
                _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient own = client, upstream = new();
        try
        {
            await upstream.ConnectAsync(IPAddress.Loopback, _upstream, _stop.Token);
            HttpWire requests = new(client.GetStream()), answers = new(upstream.GetStream());
            while (await requests.ReadHeadAsync(_stop.Token) is { } head && await ServeAsync(head, requests, answers, client, upstream))
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side is gone, as sides of a network are.
        }
    }

    /// <summary>Handles one request.</summary>
    /// <returns>Whether the connection lives on.</returns>
    private async Task<bool> ServeAsync(HttpHead head, HttpWire requests, HttpWire answers, TcpClient client, TcpClient upstream)
    {
        if (head.Header("Expect") is not null)
        {
            await client.GetStream().WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _stop.Token);
            head = head.Without("Expect");
        }

        byte[] body = await requests.ReadBodyAsync(head, hasBody: true, _stop.Token);
        Fault fault = IsOut ? Fault.ResetBefore : Choose(head.FirstLine);
        _counts.AddOrUpdate(fault, 1, (_, count) => count + 1);
        switch (fault)
        {
            case Fault.Error500:
                return await AnswerAsync(client, "500 Internal Server Error", "x-ms-error-code: InternalError");
            case Fault.Error503:
                return await AnswerAsync(client, "503 Service Unavailable", "x-ms-error-code: ServerBusy");
            case Fault.Throttled:
                return await AnswerAsync(client, "429 Too Many Requests", "x-ms-retry-after-ms: 150");
            case Fault.ResetBefore:
                return Reset(client);
            case Fault.TruncatedRequest:
                await upstream.GetStream().WriteAsync(body.Length > 1 ? [.. head.Bytes, .. body[..(body.Length / 2)]] : head.Bytes[..(head.Bytes.Length / 2)], _stop.Token);
                return Reset(client);
            case Fault.Latency:
                await Task.Delay(150, _stop.Token);
                break;
        }

        await upstream.GetStream().WriteAsync((byte[])[.. head.Bytes, .. body], _stop.Token);
        HttpHead answer = await answers.ReadHeadAsync(_stop.Token) ?? throw new EndOfStreamException();
        bool hasBody = !head.FirstLine.StartsWith("HEAD ", StringComparison.Ordinal) && answer.Status is >= 200 and not (204 or 304);
        byte[] whole = [.. answer.Bytes, .. await answers.ReadBodyAsync(answer, hasBody, _stop.Token)];
        if (fault == Fault.ResetAfter)
            return Reset(client);

        bool isCut = fault == Fault.TruncatedAnswer;
        await client.GetStream().WriteAsync(isCut ? whole[..((answer.Bytes.Length + whole.Length) / 2 - 1)] : whole, _stop.Token);
        return isCut ? Reset(client) : answer.Header("Connection") is not "close";
    }

    private Fault Choose(string request)
    {
        int time = _asked.AddOrUpdate(request, 0, (_, before) => before + 1);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{_seed} {time} {request}"));
        Fault[] faults = Enum.GetValues<Fault>();
        return BinaryPrimitives.ReadUInt32LittleEndian(hash) < _share * uint.MaxValue
            ? faults[1 + (hash[8] % (faults.Length - 1))]
            : Fault.None;
    }

    private async Task<bool> AnswerAsync(TcpClient client, string status, string header)
    {
        byte[] answer = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 0\r\n\r\n");
        await client.GetStream().WriteAsync(answer, _stop.Token);
        return true;
    }

    private static bool Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        return false;
    }
}
