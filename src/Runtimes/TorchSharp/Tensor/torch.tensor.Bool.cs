namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of one truth value without dimensions.</summary>
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromArray(new[] { scalar }, [], dtype, device, requires_grad, null);

    /// <summary>A row of truth values.</summary>
    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], dtype, device, requires_grad, names);

    /// <summary>An array of truth values in a shape.</summary>
    public static Tensor tensor(bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions.ToArray(), dtype, device, requires_grad, names);

    /// <summary>A row of truth values.</summary>
    public static Tensor tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad, names);

    /// <summary>A list of truth values in a shape.</summary>
    public static Tensor tensor(IList<bool> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions.ToArray(), dtype, device, requires_grad, names);

    /// <summary>A list of truth values as a matrix.</summary>
    public static Tensor tensor(IList<bool> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad, names);

    /// <summary>A list of truth values in three dimensions.</summary>
    public static Tensor tensor(IList<bool> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], dtype, device, requires_grad, names);

    /// <summary>A matrix of truth values.</summary>
    public static Tensor tensor(bool[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        from_array(rawArray, dtype, device, requires_grad, names);

    /// <summary>A three-dimensional array of truth values.</summary>
    public static Tensor tensor(bool[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        from_array(rawArray, dtype, device, requires_grad, names);

    /// <summary>A four-dimensional array of truth values.</summary>
    public static Tensor tensor(bool[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        from_array(rawArray, dtype, device, requires_grad, names);
}
