using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Op _equal = new("equal");

        /// <summary>How many dimensions.</summary>
        public long Dimensions => unreel_tensor_dim(Handle);

        /// <summary>How many dimensions.</summary>
        public long ndim => Dimensions;

        /// <summary>How many dimensions.</summary>
        public long dim() => Dimensions;

        /// <summary>How many elements.</summary>
        public long NumberOfElements => unreel_tensor_numel(Handle);

        /// <summary>How many elements.</summary>
        public long numel() => NumberOfElements;

        /// <summary>Bytes per element.</summary>
        public long ElementSize => unreel_tensor_element_size(Handle);

        /// <summary>Bytes per element.</summary>
        public long element_size() => ElementSize;

        /// <summary>The element type.</summary>
        public ScalarType dtype => (ScalarType)unreel_tensor_dtype(Handle);

        /// <summary>Where the tensor lives.</summary>
        public Device device => Device.Unpack(unreel_tensor_device(Handle));

        /// <summary>The kind of device.</summary>
        public DeviceType device_type => device.type;

        /// <summary>Which device of its kind.</summary>
        public int device_index => device.index;

        /// <summary>Whether the tensor lives on a GPU.</summary>
        public bool is_cuda => device_type == DeviceType.CUDA;

        /// <summary>Whether the tensor has a shape but no data.</summary>
        public bool is_meta => device_type == DeviceType.META;

        /// <summary>Whether the tensor lives in the processor's memory.</summary>
        public bool is_cpu() => device_type == DeviceType.CPU;

        /// <summary>Whether the elements are whole numbers.</summary>
        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>Whether the elements are real numbers.</summary>
        public bool is_floating_point() => torch.is_floating_point(dtype);

        /// <summary>Whether the elements are complex numbers.</summary>
        public bool is_complex() => torch.is_complex(dtype);

        /// <summary>The lengths of all dimensions.</summary>
        public long[] shape => Extents().Sizes;

        /// <summary>The lengths of all dimensions.</summary>
        public long[] size() => Extents().Sizes;

        /// <summary>The length of one dimension, counted from the end if negative.</summary>
        public long size(int dim) => At(shape, dim);

        /// <summary>The steps in elements of all dimensions.</summary>
        public long[] stride() => Extents().Strides;

        /// <summary>The step in elements of one dimension.</summary>
        public long stride(int dim) => At(stride(), dim);

        /// <summary>Whether the elements lie in row-major order without gaps.</summary>
        public bool is_contiguous()
        {
            var (sizes, strides) = Extents();
            var expected = 1L;
            for (var i = sizes.Length - 1; i >= 0; i--)
            {
                if (sizes[i] == 0)
                    return true;
                if (sizes[i] != 1 && strides[i] != expected)
                    return false;
                expected *= sizes[i];
            }

            return true;
        }

        private static long At(long[] values, int dim)
        {
            if (dim < -values.Length || dim >= Math.Max(values.Length, 1))
                throw new ArgumentException($"Dimension {dim} is outside a tensor of {values.Length} dimensions.");
            return values[dim < 0 ? dim + values.Length : dim];
        }

        private unsafe (long[] Sizes, long[] Strides) Extents()
        {
            var rank = unreel_tensor_dim(Handle);
            var sizes = new long[rank];
            var strides = new long[rank];
            fixed (long* first = sizes, second = strides)
                Check(unreel_tensor_sizes(handle, first, second, rank, out _));
            GC.KeepAlive(this);
            return (sizes, strides);
        }
    }
}
