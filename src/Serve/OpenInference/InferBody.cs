using System.Buffers;
using System.Globalization;
using Unreel.Serve.Http;

namespace Unreel.Serve.OpenInference;

/// <summary>The body of a request, whole and in one piece: JSON, and tensors behind it where the caller sends them so.</summary>
internal sealed class InferBody
{
    /// <summary>The header that says how many bytes of the body are JSON; absent where all are.</summary>
    public const string Header = "Inference-Header-Content-Length";

    // Larger ones are rare and not worth keeping.
    private const int LargestPooled = 16 << 20;

    private const int FirstPiece = 64 << 10;

    private readonly byte[] _buffer;
    private readonly int _length;

    private InferBody(byte[] buffer, int length, int? json) => (_buffer, _length, HasTensors, JsonLength) = (buffer, length, json is not null, json ?? length);

    /// <summary>Whether the caller says where the JSON ends.</summary>
    public bool HasTensors { get; }

    /// <summary>How many bytes are JSON.</summary>
    public int JsonLength { get; }

    /// <summary>How many bytes there are.</summary>
    public int Length => _length;

    /// <summary>How many bytes follow the JSON.</summary>
    public int TensorLength => _length - JsonLength;

    /// <summary>The JSON; tensors in it are read into its own room.</summary>
    public Memory<byte> Json => _buffer.AsMemory(0, JsonLength);

    /// <summary>What follows it.</summary>
    public ReadOnlyMemory<byte> Tensors => _buffer.AsMemory(JsonLength, TensorLength);

    /// <summary>Reads a body to its end.</summary>
    /// <exception cref="RequestException">It is empty, compressed, larger than allowed or than this process can hold, or its header lies.</exception>
    public static async Task<InferBody> ReadAsync(HttpRequest request, long most, CancellationToken ct)
    {
        BodyEncoding.Require(request);
        long limit = Math.Min(most, Array.MaxLength);
        if (request.ContentLength > limit)
            throw TooLarge(limit);

        // One byte more than announced, so that the end is seen without a second buffer.
        byte[] buffer = Rent((int)Math.Min(request.ContentLength ?? FirstPiece, limit) + 1);
        int length = 0;
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), ct)) > 0)
            {
                length += read;
                if (length > limit)
                    throw TooLarge(limit);
                if (length == buffer.Length)
                    buffer = Grow(buffer, limit);
            }

            return length > 0 ? new InferBody(buffer, length, JsonPart(request, length)) : throw InferErrors.Refused("The body is empty; expected an inference request.");
        }
        catch (Exception problem)
        {
            Return(buffer);
            if (problem is IOException broken and not BadHttpRequestException)
                throw BodyEncoding.Broken(broken);

            throw;
        }
    }

    /// <summary>Gives the room back. Only for when nobody can be reading it any more; else it is left to the garbage collector.</summary>
    public void Release() => Return(_buffer);

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

    private static byte[] Grow(byte[] buffer, long limit)
    {
        byte[] larger = Rent((int)Math.Min(2L * buffer.Length, Math.Min(limit + 1, Array.MaxLength)));
        buffer.CopyTo(larger, 0);
        Return(buffer);
        return larger;
    }

    private static byte[] Rent(int length) =>
        length <= LargestPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    private static void Return(byte[] buffer)
    {
        if (buffer.Length <= LargestPooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
