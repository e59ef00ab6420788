namespace Unreel.Onnx;

/// <summary>What is wanted of a tokenizer.</summary>
public sealed record OnnxTokenizerOptions
{
    /// <summary>Rows and columns of codes that a picture must give.</summary>
    public required int Grid { get; init; }

    /// <summary>Side of the pictures in pixels. Default null: what the graph says, else what gives <see cref="Grid"/> codes a row.</summary>
    public int? Side { get; init; }

    /// <summary>How many codes there are, where the graph gives them as whole numbers. Default null: what its metadata say under <c>unreel.codes</c>.</summary>
    public int? Codes { get; init; }

    /// <summary>How it is run. Default on the processor, a thread for each core.</summary>
    public OnnxModelOptions Run { get; init; } = new();
}
