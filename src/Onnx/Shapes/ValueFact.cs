namespace Unreel.Onnx;

/// <summary>What is known of a value without running the graph.</summary>
/// <param name="Type">Type of its elements; null where unknown.</param>
/// <param name="Shape">Extents, an unknown one being the default; null where not even their number is known.</param>
/// <param name="Values">The elements of a scalar or vector of integers that shapes are computed from; null where they are not known or of no such use.</param>
internal sealed record ValueFact(ElementType? Type, IReadOnlyList<Dimension>? Shape, IReadOnlyList<Dimension>? Values = null)
{
    /// <summary>Nothing.</summary>
    internal static ValueFact Unknown { get; } = new(null, null);

    /// <summary>The number of elements; null where an extent is open.</summary>
    internal long? Count => Shape is null ? null : Extents.Product(Shape).Size;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Type?.ToString().ToLowerInvariant() ?? "?"} {(Shape is null ? "of unknown shape" : Extents.Text(Shape))}";
}
