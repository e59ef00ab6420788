using TorchSharp.PInvoke;
using TorchSharp.Utils;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Op _localScalar = new("_local_scalar_dense");

        /// <summary>The elements in processor memory, to read and write.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        /// <summary>The only element, read as its own type: no conversion takes place.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException("Number of elements in the tensor must be 1");
            return data<T>()[0];
        }

        /// <summary>The only element as a scalar.</summary>
        public Scalar ToScalar() => _localScalar.Scalar(this);

        /// <summary>The memory of a contiguous tensor on the processor; valid while the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var total = NumberOfElements * ElementSize;
                if (!is_contiguous())
                    throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (total > int.MaxValue)
                    throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                if (device_type != DeviceType.CPU)
                    throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                return new Span<byte>(DataPointer(), (int)total);
            }

            set
            {
                if (!is_contiguous())
                    throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (NumberOfElements * ElementSize != value.Length)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(bytes);
            }
        }

        /// <summary>Reads one element of a tensor of single precision by its position in memory.</summary>
        public float ReadCpuSingle(long i) => data<float>()[i];

        /// <summary>Reads one element of a tensor of double precision by its position in memory.</summary>
        public double ReadCpuDouble(long i) => data<double>()[i];

        /// <summary>Reads one element of a tensor of 64-bit integers by its position in memory.</summary>
        public long ReadCpuInt64(long i) => data<long>()[i];

        internal unsafe void* DataPointer()
        {
            Check(unreel_tensor_data(Handle, out var pointer));
            return pointer;
        }

        internal void ValidateType(Type dotnetType)
        {
            if (dtype == ScalarType.BFloat16 || torch.is_complex(dtype) || ScalarTypeOf(dotnetType) != dtype)
                throw new ArgumentException($"{dotnetType.Name} is not compatible with {dtype}");
        }

        /// <summary>Reads the only element as single precision.</summary>
        public static explicit operator float(Tensor value) => value.ToSingle();

        /// <summary>Reads the only element as double precision.</summary>
        public static explicit operator double(Tensor value) => value.ToDouble();

        /// <summary>Reads the only element as a 32-bit integer.</summary>
        public static explicit operator int(Tensor value) => value.ToInt32();

        /// <summary>Reads the only element as a 64-bit integer.</summary>
        public static explicit operator long(Tensor value) => value.ToInt64();

        /// <summary>Reads the only element as a truth value.</summary>
        public static explicit operator bool(Tensor value) => value.ToBoolean();
    }
}

/// <summary>Conversions of one-element tensors, whatever their element type.</summary>
public static class TensorExtensionMethods
{
    /// <summary>Reads the only element as single precision.</summary>
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();

    /// <summary>Reads the only element as double precision.</summary>
    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    /// <summary>Reads the only element as a 32-bit integer.</summary>
    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();

    /// <summary>Reads the only element as a 64-bit integer.</summary>
    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();

    /// <summary>Reads the only element as a byte.</summary>
    public static byte ToByte(this torch.Tensor value) => value.ToScalar().ToByte();

    /// <summary>Reads the only element as a truth value.</summary>
    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();

    /// <summary>Makes a parameter of a tensor, which becomes empty.</summary>
    public static Modules.Parameter AsParameter(this torch.Tensor tensor) => new(tensor);

    /// <summary>Bytes per element of a type.</summary>
    public static int ElementSize(this torch.ScalarType type) => type switch
    {
        torch.ScalarType.Byte or torch.ScalarType.Int8 or torch.ScalarType.Bool => 1,
        torch.ScalarType.Int16 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16 => 2,
        torch.ScalarType.Int32 or torch.ScalarType.Float32 => 4,
        torch.ScalarType.ComplexFloat64 => 16,
        _ => 8,
    };
}
