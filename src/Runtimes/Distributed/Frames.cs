using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Unreel.Distributed;

/// <summary>What a frame between a process and the board says.</summary>
internal enum FrameKind : byte
{
    /// <summary>Who I am; its key is the secret by which processes know each other (to the board).</summary>
    Hello,

    /// <summary>Everybody is here; the names by rank (from the board).</summary>
    Welcome,

    /// <summary>You cannot join, for this reason (from the board).</summary>
    Refused,

    /// <summary>I live. Nothing is to be done.</summary>
    Beat,

    /// <summary>A key gets a value (to the board).</summary>
    Set,

    /// <summary>What value has a key; answered when it has one (to the board).</summary>
    Get,

    /// <summary>Has a key a value (to the board).</summary>
    Has,

    /// <summary>A key is counted up (to the board).</summary>
    Add,

    /// <summary>The answer to a question (from the board).</summary>
    Answer,

    /// <summary>My part of a gathering (to the board).</summary>
    Share,

    /// <summary>A process is gone or has stopped: in words (from the board).</summary>
    Lost,

    /// <summary>I leave, in order or for a reason (both ways).</summary>
    Bye,

    /// <summary>I was asked to stop, so all are (both ways).</summary>
    Stop,
}

/// <summary>A message: its kind, the number of the question or gathering it belongs to, a key, a value.</summary>
internal readonly record struct Frame(FrameKind Kind, long Number = 0, string Key = "", byte[]? Value = null)
{
    public byte[] Bytes => Value ?? [];

    public string Text => Encoding.UTF8.GetString(Bytes);

    public static Frame Of(FrameKind kind, string text, long number = 0) => new(kind, number, string.Empty, Encoding.UTF8.GetBytes(text));
}

/// <summary>
/// Frames over a socket: length (4 bytes), kind (1), number (8), length of the key (4), key, value; little-endian.
/// A side that hears nothing for <see cref="Silence"/> takes the other for dead: both say <see cref="FrameKind.Beat"/> every second.
/// </summary>
internal sealed class FrameStream : IDisposable
{
    private const int Header = 17;
    private const int Largest = 1 << 24;
    private const int LargestOfStrangers = 1 << 14;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly Lock _writing = new();
    private bool _isDisposed;

    /// <param name="socket">The connection; it is closed with this.</param>
    /// <param name="silence">After so long without a sign the other side is taken for dead; null for <see cref="Silence"/>.</param>
    public FrameStream(Socket socket, TimeSpan? silence = null)
    {
        socket.NoDelay = true;
        socket.ReceiveTimeout = socket.SendTimeout = (int)(silence ?? Silence).TotalMilliseconds;
        (_socket, _stream) = (socket, new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>After so long without a sign a process is taken for dead.</summary>
    public static TimeSpan Silence { get; } = TimeSpan.FromSeconds(15);

    public Socket Socket => _socket;

    public void Write(Frame frame)
    {
        byte[] key = Encoding.UTF8.GetBytes(frame.Key);
        byte[] bytes = new byte[Header + key.Length + frame.Bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - sizeof(int));
        bytes[4] = (byte)frame.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(5), frame.Number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(13), key.Length);
        key.CopyTo(bytes, Header);
        frame.Bytes.CopyTo(bytes, Header + key.Length);
        lock (_writing)
            _stream.Write(bytes);
    }

    /// <summary>Waits for a frame.</summary>
    /// <param name="isStranger">Whether the other side has yet to say who it is, and so may not send much.</param>
    /// <exception cref="IOException">The other side is gone, silent, or speaks something else.</exception>
    public Frame Read(bool isStranger = false)
    {
        Span<byte> header = stackalloc byte[Header];
        _stream.ReadExactly(header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header) - Header + sizeof(int);
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(header[13..]);
        if (length < 0 || length > (isStranger ? LargestOfStrangers : Largest) || keyLength < 0 || keyLength > length || header[4] > (byte)FrameKind.Stop)
            throw new IOException("what listens or calls there is no process of this training");

        byte[] rest = new byte[length];
        _stream.ReadExactly(rest);
        return new Frame((FrameKind)header[4], BinaryPrimitives.ReadInt64LittleEndian(header[5..]), Encoding.UTF8.GetString(rest, 0, keyLength), rest[keyLength..]);
    }

    /// <summary>Wakes whoever reads: it finds the stream at its end.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;

        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side was faster.
        }

        _stream.Dispose();
    }
}
