namespace Unreel.Onnx;

/// <summary>A tensor that flows through a graph: the output of a node, an input or an initializer.</summary>
/// <param name="Name">Unique in its graph.</param>
public readonly record struct Value(string Name);

/// <summary>One extent of a declared shape: a number, or a name where it is open.</summary>
public readonly record struct Dimension
{
    private Dimension(long? size, string? symbol) => (Size, Symbol) = (size, symbol);

    /// <summary>The extent; null where it is open.</summary>
    public long? Size { get; }

    /// <summary>Name of an open extent; null where it is fixed.</summary>
    public string? Symbol { get; }

    /// <summary>A fixed extent.</summary>
    public static implicit operator Dimension(long size) => new(size, null);

    /// <summary>An open extent; equal names stand for equal extents.</summary>
    public static implicit operator Dimension(string symbol) => new(null, symbol);

    /// <inheritdoc/>
    public override string ToString() => Symbol ?? Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?";
}

/// <summary>Value of a node's attribute: an integer, a float, a string or a list of integers.</summary>
public readonly record struct AttributeValue
{
    private AttributeValue(object content) => Content = content;

    internal object Content { get; }

    /// <summary>An integer.</summary>
    public static implicit operator AttributeValue(long value) => new(value);

    /// <summary>A float.</summary>
    public static implicit operator AttributeValue(float value) => new(value);

    /// <summary>A string.</summary>
    public static implicit operator AttributeValue(string value) => new(value);

    /// <summary>A list of integers.</summary>
    public static implicit operator AttributeValue(long[] value) => new(value);
}
