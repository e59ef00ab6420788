namespace Unreel.Onnx;

/// <summary>What types of weights are called.</summary>
internal static class PrecisionNames
{
    // A type that holds less than this share of the bytes, as biases do, is not worth a word.
    private const double LeastShare = .02;

    internal static string Of(ElementType? type) => type switch
    {
        ElementType.Float => "fp32",
        ElementType.Float16 => "fp16",
        ElementType.BFloat16 => "bf16",
        ElementType.Double => "fp64",
        ElementType.Int8 or ElementType.UInt8 => "int8",
        ElementType.Int4 or ElementType.UInt4 => "int4",
        ElementType.Int16 or ElementType.UInt16 => "int16",
        ElementType.Int32 or ElementType.UInt32 => "int32",
        ElementType.Int64 or ElementType.UInt64 => "int64",
        _ => type?.ToString().ToLowerInvariant() ?? "",
    };

    internal static string Of(IEnumerable<OutlineLayer> layers)
    {
        (string Precision, long Bytes)[] types = [.. layers.Where(layer => layer.Precision.Length > 0)
            .GroupBy(layer => layer.Precision, (precision, same) => (precision, same.Sum(layer => layer.Bytes)))
            .OrderByDescending(type => type.Item2)];
        double all = types.Sum(type => type.Bytes);
        return string.Join(" + ", types.Where((type, place) => place == 0 || type.Bytes >= LeastShare * all).Select(type => type.Precision));
    }
}
