namespace Unreel.Onnx;

/// <summary>The sizes that decide a classifier's graph.</summary>
public sealed record ClassifierShape : EncoderShape
{
    /// <summary>Classes of the head.</summary>
    public required int Classes { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(Classes > 0, "every size must be positive");
    }
}
