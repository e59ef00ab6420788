using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _splitTensor = new("split", "Tensor");
        internal static readonly Op _splitWithSizes = new("split_with_sizes");
        internal static readonly Op _chunk = new("chunk");
        internal static readonly Op _unbindInt = new("unbind", "int");
        internal static readonly Op _narrow = new("narrow");
        internal static readonly Op _selectInt = new("select", "int");
        internal static readonly Op _sliceTensor = new("slice", "Tensor");
        internal static readonly Op _indexSelect = new("index_select");
        internal static readonly Op _gather = new("gather");
        internal static readonly Op _take = new("take");
        internal static readonly Op _takeAlongDim = new("take_along_dim");
        internal static readonly Op _scatterSrc = new("scatter", "src");
        internal static readonly Op _scatterInplaceSrc = new("scatter_", "src");
        internal static readonly Op _scatterAdd = new("scatter_add");
        internal static readonly Op _scatterAddInplace = new("scatter_add_");
        internal static readonly Op _indexAdd = new("index_add");
        internal static readonly Op _indexAddInplace = new("index_add_");
        internal static readonly Op _indexCopy = new("index_copy");
        internal static readonly Op _indexCopyInplace = new("index_copy_");
        internal static readonly Op _indexFillIntScalar = new("index_fill", "int_Scalar");
        internal static readonly Op _indexFillInplaceIntScalar = new("index_fill_", "int_Scalar");
        internal static readonly Op _nonzero = new("nonzero");
        internal static readonly Op _clone = new("clone");
        internal static readonly Op _detach = new("detach");
        internal static readonly Op _detachInplace = new("detach_");
        internal static readonly Op _alias = new("alias");
        internal static readonly Op _copyInplace = new("copy_");
        internal static readonly Op _zeroInplace = new("zero_");
        internal static readonly Op _fillInplaceScalar = new("fill_", "Scalar");

        /// <summary>Parts of a size along a dimension.</summary>
        public Tensor[] split(long size, int dim = 0) => _splitTensor.Many(this, size, (long)dim);

        /// <summary>Parts of given sizes along a dimension.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => _splitWithSizes.Many(this, sizes, dim);

        /// <summary>Parts of given sizes along a dimension.</summary>
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => _splitWithSizes.Many(this, sizes.ToArray(), dim);

        /// <summary>So many parts along a dimension.</summary>
        public Tensor[] chunk(long chunks, long dim = 0L) => _chunk.Many(this, chunks, dim);

        /// <summary>The slices along a dimension.</summary>
        public Tensor[] unbind(long dimension = 0L) => _unbindInt.Many(this, dimension);

        /// <summary>A part of a dimension.</summary>
        public Tensor narrow(long dim, long start, long length) => _narrow.One(this, dim, start, length);

        /// <summary>One slice of a dimension.</summary>
        public Tensor select(long dim, long index) => _selectInt.One(this, dim, index);

        /// <summary>Every step-th element of a part of a dimension.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => _sliceTensor.One(this, dim, start, finish, step);

        /// <summary>Rows named by index along a dimension.</summary>
        public Tensor index_select(long dim, Tensor index) => _indexSelect.One(this, dim, index);

        /// <summary>Elements named by index along a dimension.</summary>
        public Tensor gather(long dim, Tensor index) => _gather.One(this, dim, index);

        /// <summary>Elements by position in the flattened tensor.</summary>
        public Tensor take(Tensor index) => _take.One(this, index);

        /// <summary>Elements named by index, in the flattened tensor.</summary>
        public Tensor take_along_dim(Tensor indices) => _takeAlongDim.One(this, indices);

        /// <summary>Elements named by index along a dimension.</summary>
        public Tensor take_along_dim(Tensor indices, long dim) => _takeAlongDim.One(this, indices, dim);

        /// <summary>Writes elements of src where the index says.</summary>
        public Tensor scatter(long dim, Tensor index, Tensor src) => _scatterSrc.One(this, dim, index, src);

        /// <summary>Writes elements of src where the index says, in place.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            _scatterInplaceSrc.Do(this, dim, index, src);
            return this;
        }

        /// <summary>Adds elements of src where the index says.</summary>
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => _scatterAdd.One(this, dim, index, src);

        /// <summary>Adds elements of src where the index says, in place.</summary>
        public Tensor scatter_add_(long dim, Tensor index, Tensor src)
        {
            _scatterAddInplace.Do(this, dim, index, src);
            return this;
        }

        /// <summary>Adds rows times alpha where the index says.</summary>
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => _indexAdd.One(this, dim, index, source, alpha);

        /// <summary>Adds rows times alpha where the index says, in place.</summary>
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            _indexAddInplace.Do(this, dim, index, source, alpha);
            return this;
        }

        /// <summary>Copies rows to where the index says.</summary>
        public Tensor index_copy(long dim, Tensor index, Tensor source) => _indexCopy.One(this, dim, index, source);

        /// <summary>Copies rows to where the index says, in place.</summary>
        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            _indexCopyInplace.Do(this, dim, index, source);
            return this;
        }

        /// <summary>Fills rows named by index.</summary>
        public Tensor index_fill(long dim, Tensor index, Scalar value) => _indexFillIntScalar.One(this, dim, index, value);

        /// <summary>Fills rows named by index, in place.</summary>
        public Tensor index_fill_(long dim, Tensor index, Scalar value)
        {
            _indexFillInplaceIntScalar.Do(this, dim, index, value);
            return this;
        }

        /// <summary>Where elements differ from zero, one row of indices each.</summary>
        public Tensor nonzero() => _nonzero.One(this);

        /// <summary>A copy with memory of its own.</summary>
        public Tensor clone() => _clone.One(this);

        /// <summary>The same memory cut off from the graph.</summary>
        public Tensor detach() => _detach.One(this);

        /// <summary>Cuts this tensor off from the graph.</summary>
        public Tensor detach_()
        {
            _detachInplace.Do(this);
            return this;
        }

        /// <summary>Another tensor over the same memory.</summary>
        public Tensor alias() => _alias.One(this);

        /// <summary>Copies the elements of another tensor into this one.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            _copyInplace.Do(this, source, nonBlocking);
            return this;
        }

        /// <summary>Sets all elements to zero.</summary>
        public Tensor zero_()
        {
            _zeroInplace.Do(this);
            return this;
        }

        /// <summary>Sets all elements to a value.</summary>
        public Tensor fill_(Scalar value)
        {
            _fillInplaceScalar.Do(this, value);
            return this;
        }
    }
}
