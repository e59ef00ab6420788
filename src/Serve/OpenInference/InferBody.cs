using System.Buffers;
using System.Globalization;
using Unreel.Serve.Http;

namespace Unreel.Serve.OpenInference;

/// <summary>The body of a request, whole and in one piece: JSON, and tensors behind it where the caller sends them so.</summary>
internal sealed class InferBody : IDisposable
{
    /// <summary>The header that says how many bytes of the body are JSON; absent where all are.</summary>
    public const string Header = "Inference-Header-Content-Length";

    // Larger ones are rare and not worth keeping.
    private const int LargestPooled = 16 << 20;

    private const int FirstPiece = 64 << 10;

    private readonly InferRoom _room;
    private byte[] _buffer = [];
    private int _length;
    private int _taken;

    private InferBody(InferRoom room) => _room = room;

    /// <summary>Whether the caller says where the JSON ends.</summary>
    public bool HasTensors { get; private set; }

    /// <summary>How many bytes are JSON.</summary>
    public int JsonLength { get; private set; }

    /// <summary>How many bytes there are.</summary>
    public int Length => _length;

    /// <summary>How many bytes follow the JSON.</summary>
    public int TensorLength => _length - JsonLength;

    /// <summary>The JSON; tensors in it are read into its own room.</summary>
    public Memory<byte> Json => _buffer.AsMemory(0, JsonLength);

    /// <summary>What follows it.</summary>
    public ReadOnlyMemory<byte> Tensors => _buffer.AsMemory(JsonLength, TensorLength);

    /// <summary>Reads a body to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">The most bytes allowed.</param>
    /// <param name="room">What holds it until it is disposed.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RequestException">It is empty, compressed, larger than allowed or than this process can hold, or its header lies.</exception>
    /// <exception cref="Admission.RefusedException">There is no room for it beside the others.</exception>
    public static async Task<InferBody> ReadAsync(HttpRequest request, long most, InferRoom room, CancellationToken ct)
    {
        BodyEncoding.Require(request);
        long limit = Math.Min(most, Array.MaxLength);
        if (request.ContentLength > limit)
            throw TooLarge(limit);

        InferBody body = new(room);
        try
        {
            await body.FillAsync(request, limit, ct);
            int? json = body._length > 0 ? JsonPart(request, body._length) : throw InferErrors.Refused("The body is empty; expected an inference request.");
            (body.HasTensors, body.JsonLength) = (json is not null, json ?? body._length);
            return body;
        }
        catch (Exception problem)
        {
            body.Release();
            body.Dispose();
            if (problem is IOException broken and not BadHttpRequestException)
                throw BodyEncoding.Broken(broken);

            throw;
        }
    }

    /// <summary>Gives the memory back to those that come. Only for when nobody can be reading it any more; else it is left to the garbage collector.</summary>
    public void Release()
    {
        Return(_buffer);
        _buffer = [];
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Give(Interlocked.Exchange(ref _taken, 0));

    // What is announced is only believed as it comes: room is taken for twice of what came.
    private async Task FillAsync(HttpRequest request, long limit, CancellationToken ct)
    {
        // One byte more than announced, so that the end is seen without a second buffer.
        int whole = (int)Math.Min((request.ContentLength ?? limit) + 1, Array.MaxLength), read;
        Grow(Math.Min(FirstPiece, whole));
        while ((read = await request.Body.ReadAsync(_buffer.AsMemory(_length), ct)) > 0)
        {
            _length += read;
            if (_length > limit)
                throw TooLarge(limit);
            if (_length == _buffer.Length)
                Grow((int)Math.Min(2L * _buffer.Length, whole));
        }
    }

    private void Grow(int length)
    {
        _room.Take(length);
        int before = _taken;
        _taken += length;
        byte[] larger = Rent(length);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
        _room.Give(before);
        _taken -= before;
    }

    private static RequestException TooLarge(long limit) =>
        new(StatusCodes.Status413PayloadTooLarge, $"Request body too large. The max request body size is {limit} bytes.");

    private static int? JsonPart(HttpRequest request, int length)
    {
        if (request.Headers[Header] is not [{ } text, ..] headers)
            return null;

        return headers.Count == 1 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int json) && json > 0 && json <= length
            ? json
            : throw InferErrors.Refused($"{Header} is '{headers}'; expected how many of the body's {length} bytes are JSON.");
    }

    private static byte[] Rent(int length) =>
        length <= LargestPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= LargestPooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
