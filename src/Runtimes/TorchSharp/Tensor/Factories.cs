using System.Runtime.InteropServices;
using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    private static readonly Op _zeros = new("zeros");
    private static readonly Op _ones = new("ones");
    private static readonly Op _empty = new("empty", "memory_format");
    private static readonly Op _fullOf = new("full");
    private static readonly Op _rand = new("rand", "generator");
    private static readonly Op _randn = new("randn", "generator");
    private static readonly Op _randint = new("randint", "low_generator");
    private static readonly Op _randperm = new("randperm", "generator");
    private static readonly Op _arange = new("arange", "start_step");
    private static readonly Op _linspace = new("linspace");
    private static readonly Op _eye = new("eye", "m");

    /// <summary>Numbers from start up to stop, step apart; 64-bit integers if all three are whole.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        dtype ??= IsWhole(start) && IsWhole(stop) && IsWhole(step) ? ScalarType.Int64 : get_default_dtype();
        return _arange.One(start, stop, step, dtype, Arg.None, InitializeDevice(device)).requires_grad_(requires_grad);
    }

    /// <summary>Numbers from start up to stop.</summary>
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    /// <summary>Numbers from 0 up to stop.</summary>
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    /// <summary>Numbers from start to end, both included, at equal distances.</summary>
    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        _linspace.One(start, end, steps, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device)).requires_grad_(requires_grad);

    /// <summary>A matrix with ones on its diagonal.</summary>
    public static Tensor eye(
        long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        return _eye.One(rows, columns == -1 ? rows : columns, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device))
            .requires_grad_(requires_grad);
    }

    /// <summary>Whole random numbers from low up to high.</summary>
    public static Tensor randint(
        long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null)
    {
        RefuseNames(names);
        return _randint.One(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device))
            .requires_grad_(requires_grad);
    }

    /// <summary>Whole random numbers from 0 up to high.</summary>
    public static Tensor randint(
        long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    /// <summary>The numbers from 0 up to n in random order.</summary>
    public static Tensor randperm(
        long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        _randperm.One(n, generator, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device)).requires_grad_(requires_grad);

    /// <summary>An array of any number of dimensions, as a tensor of its shape.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <summary>An array of any number of dimensions, as a tensor of its shape and the type asked for.</summary>
    public static Tensor from_array(
        Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var sizes = new long[rawArray.Rank];
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = rawArray.GetLongLength(i);
        return FromArray(rawArray, sizes, dtype, device, requires_grad, names);
    }

    private static bool IsWhole(Scalar scalar) => scalar.Tag == Tag.Int;

    private static Tensor Made(Op op, long[] size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        return op.One(size, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device)).requires_grad_(requires_grad);
    }

    private static Tensor Drawn(
        Op op, long[] size, ScalarType? dtype, Device? device, bool requires_grad, Generator? generator, string[]? names)
    {
        RefuseNames(names);
        return op.One(size, generator, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device)).requires_grad_(requires_grad);
    }

    private static Tensor Filled(long[] size, Scalar value, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        dtype ??= IsWhole(value) ? ScalarType.Int64 : get_default_dtype();
        return _fullOf.One(size, value, dtype, Arg.None, InitializeDevice(device)).requires_grad_(requires_grad);
    }

    private static unsafe Tensor FromArray(
        Array rawArray, long[] sizes, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        if (count > rawArray.LongLength)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {rawArray.LongLength}");
        var type = ScalarTypeOf(rawArray.GetType().GetElementType()!);
        IntPtr handle;
        fixed (byte* data = &MemoryMarshal.GetArrayDataReference(rawArray))
        fixed (long* shape = sizes)
            Check(unreel_tensor_copy_in(data, shape, sizes.Length, (int)type, out handle));
        return Placed(new Tensor(handle), dtype ?? type, device).requires_grad_(requires_grad);
    }

    private static Tensor Placed(Tensor made, ScalarType dtype, Device? device)
    {
        device = InitializeDevice(device);
        return dtype == made.dtype && device.type == DeviceType.CPU ? made : made.to(dtype, device, disposeAfter: true);
    }

    private static void RefuseNames(string[]? names)
    {
        if (names is { Length: > 0 })
            throw new NotSupportedException("This subset has no named dimensions.");
    }
}
