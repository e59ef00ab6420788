using System.Globalization;
using System.Text;

namespace Unreel.Testing;

/// <summary>The head of an HTTP message as it came: the first line, the headers, the empty line.</summary>
/// <param name="Bytes">All of it.</param>
public sealed record HttpHead(byte[] Bytes)
{
    private readonly string[] _lines = Encoding.Latin1.GetString(Bytes).Split("\r\n");

    /// <summary>E.g. <c>PUT /path HTTP/1.1</c>.</summary>
    public string FirstLine => _lines[0];

    /// <summary>The second word of an answer's first line.</summary>
    public int Status => int.Parse(FirstLine.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => _lines.Skip(1)
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    /// <summary>The same without a header.</summary>
    public HttpHead Without(string name) =>
        new(Encoding.Latin1.GetBytes(string.Join("\r\n", _lines.Where((line, i) => i == 0 || !line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)))));
}

/// <summary>Reads HTTP/1.1 messages from a connection, bodies as they are on the wire.</summary>
public sealed class HttpWire(Stream stream)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    /// <summary>Reads to the end of the next head; null where the connection ended before it.</summary>
    public async Task<HttpHead?> ReadHeadAsync(CancellationToken ct)
    {
        using MemoryStream head = new();
        while (await ReadLineAsync(head, ct) is { } length)
        {
            if (length == 2)
                return new HttpHead(head.ToArray());
        }

        return null;
    }

    /// <summary>Reads a body.</summary>
    /// <param name="head">Its head.</param>
    /// <param name="hasBody">Whether it may have one; an answer to HEAD has none whatever its head says.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<byte[]> ReadBodyAsync(HttpHead head, bool hasBody, CancellationToken ct)
    {
        using MemoryStream body = new();
        if (!hasBody)
            return [];

        if (head.Header("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) is true)
            await ReadChunksAsync(body, ct);
        else if (head.Header("Content-Length") is { } length)
            await ReadAsync(body, long.Parse(length, CultureInfo.InvariantCulture), ct);
        return body.ToArray();
    }

    private async Task ReadChunksAsync(MemoryStream body, CancellationToken ct)
    {
        long size;
        do
        {
            int at = (int)body.Length;
            int length = await ReadLineAsync(body, ct) ?? throw new EndOfStreamException();
            size = long.Parse(Encoding.ASCII.GetString(body.GetBuffer(), at, length - 2).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await ReadAsync(body, size + 2, ct);
        }
        while (size > 0);
    }

    private async Task ReadAsync(MemoryStream to, long count, CancellationToken ct)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync(ct))
                throw new EndOfStreamException();

            int some = (int)Math.Min(count, _end - _start);
            to.Write(_buffer, _start, some);
            _start += some;
            count -= some;
        }
    }

    /// <summary>Adds a line with its end.</summary>
    /// <returns>Its length, or null where the connection ended.</returns>
    private async Task<int?> ReadLineAsync(MemoryStream to, CancellationToken ct)
    {
        int length = 0;
        while (true)
        {
            if (_start == _end && !await FillAsync(ct))
                return null;

            byte next = _buffer[_start++];
            to.WriteByte(next);
            length++;
            if (next == (byte)'\n')
                return length;
        }
    }

    private async Task<bool> FillAsync(CancellationToken ct)
    {
        (_start, _end) = (0, await stream.ReadAsync(_buffer, ct));
        return _end > 0;
    }
}
