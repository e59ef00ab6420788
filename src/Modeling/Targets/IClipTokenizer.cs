namespace Unreel.Modeling;

/// <summary>Gives every token of a clip one of a fixed number of codes. Safe for many threads.</summary>
public interface IClipTokenizer
{
    /// <summary>How many codes there are; a code is 0 to this less 1.</summary>
    int Codes { get; }

    /// <summary>The codes of a clip.</summary>
    /// <param name="pixels">uint8 [frame, row, column, channel] of the model's shape.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>One code a token, in the order (slot, row, column).</returns>
    int[] Encode(ReadOnlyMemory<byte> pixels, CancellationToken ct);
}
