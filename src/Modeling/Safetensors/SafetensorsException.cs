namespace Unreel.Modeling;

/// <summary>The rules of the safetensors format that a file can break, and two that a reader's request can.</summary>
public enum SafetensorsRule
{
    /// <summary>Eight bytes of header length come first.</summary>
    LengthMissing,

    /// <summary>The header has at most 100,000,000 bytes.</summary>
    HeaderTooLarge,

    /// <summary>The header lies inside the file.</summary>
    HeaderTruncated,

    /// <summary>The header begins with <c>{</c>.</summary>
    HeaderStart,

    /// <summary>The header is UTF-8.</summary>
    HeaderEncoding,

    /// <summary>The header is a JSON object, followed by spaces only.</summary>
    HeaderSyntax,

    /// <summary>No key appears twice.</summary>
    DuplicateKey,

    /// <summary><c>__metadata__</c> maps strings to strings.</summary>
    Metadata,

    /// <summary>A tensor has exactly <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>.</summary>
    Fields,

    /// <summary>The <c>dtype</c> is one of the format's.</summary>
    ElementType,

    /// <summary>The <c>shape</c> is an array of integers from 0.</summary>
    Shape,

    /// <summary>The number of bytes that a shape asks for fits into 64 bits.</summary>
    Overflow,

    /// <summary>The <c>data_offsets</c> are two integers from 0, in order.</summary>
    Offsets,

    /// <summary>The offsets span what shape and type ask for.</summary>
    Size,

    /// <summary>The offsets lie inside the file.</summary>
    OutOfRange,

    /// <summary>No two tensors share bytes.</summary>
    Overlap,

    /// <summary>No byte between tensors is unused.</summary>
    Gap,

    /// <summary>No byte follows the last tensor.</summary>
    TrailingBytes,

    /// <summary>A tensor that was asked for is there.</summary>
    NoSuchTensor,

    /// <summary>A tensor has the type it was asked for in.</summary>
    WrongType,
}

/// <summary>A safetensors file breaks a rule of its format.</summary>
/// <param name="rule">The rule.</param>
/// <param name="file">The file.</param>
/// <param name="tensor">The tensor, where the rule is about one.</param>
/// <param name="found">What was expected and found.</param>
public sealed class SafetensorsException(SafetensorsRule rule, string file, string? tensor, string found)
    : ModelException(tensor is null ? $"{file}: {found}" : $"{file}: tensor '{tensor}': {found}")
{
    /// <summary>The rule that is broken.</summary>
    public SafetensorsRule Rule { get; } = rule;

    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The tensor, or null where the rule is about the whole file.</summary>
    public string? Tensor { get; } = tensor;
}
