using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _reshape = new("reshape");
        internal static readonly Op _view = new("view");
        internal static readonly Op _permute = new("permute");
        internal static readonly Op _transposeInt = new("transpose", "int");
        internal static readonly Op _t = new("t");
        internal static readonly Op _numpyT = new("numpy_T");
        internal static readonly Op _mT = new("mT");
        internal static readonly Op _unsqueeze = new("unsqueeze");
        internal static readonly Op _unsqueezeInplace = new("unsqueeze_");
        internal static readonly Op _squeeze = new("squeeze");
        internal static readonly Op _squeezeDim = new("squeeze", "dim");
        internal static readonly Op _expand = new("expand");
        internal static readonly Op _broadcastTo = new("broadcast_to");
        internal static readonly Op _repeat = new("repeat");
        internal static readonly Op _repeatInterleaveSelfInt = new("repeat_interleave", "self_int");
        internal static readonly Op _repeatInterleaveSelfTensor = new("repeat_interleave", "self_Tensor");
        internal static readonly Op _tile = new("tile");
        internal static readonly Op _flattenUsingInts = new("flatten", "using_ints");
        internal static readonly Op _unflattenInt = new("unflatten", "int");
        internal static readonly Op _ravel = new("ravel");
        internal static readonly Op _unfold = new("unfold");
        internal static readonly Op _flip = new("flip");
        internal static readonly Op _movedimIntlist = new("movedim", "intlist");
        internal static readonly Op _roll = new("roll");
        internal static readonly Op _contiguous = new("contiguous");
        internal static readonly Op _diag = new("diag");
        internal static readonly Op _tril = new("tril");
        internal static readonly Op _triu = new("triu");

        /// <summary>The same elements in another shape; -1 stands for what is left.</summary>
        public Tensor reshape(params long[] shape) => _reshape.One(this, shape);

        /// <summary>The same memory in another shape.</summary>
        public Tensor view(params long[] shape) => _view.One(this, shape);

        /// <summary>The same memory in the shape of another tensor.</summary>
        public Tensor view_as(Tensor other) => view(other.shape);

        /// <summary>Dimensions in another order.</summary>
        public Tensor permute(params long[] permutation) => _permute.One(this, permutation);

        /// <summary>Dimensions in another order.</summary>
        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());

        /// <summary>Two dimensions exchanged.</summary>
        public Tensor transpose(long dim0, long dim1) => _transposeInt.One(this, dim0, dim1);

        /// <summary>A matrix's transpose.</summary>
        public Tensor t() => _t.One(this);

        /// <summary>All dimensions in reverse order.</summary>
        public Tensor T => _numpyT.One(this);

        /// <summary>The last two dimensions exchanged.</summary>
        public Tensor mT => _mT.One(this);

        /// <summary>A dimension of length one put in.</summary>
        public Tensor unsqueeze(long dim) => _unsqueeze.One(this, dim);

        /// <summary>A dimension of length one put in, in place.</summary>
        public Tensor unsqueeze_(long dim)
        {
            _unsqueezeInplace.Do(this, dim);
            return this;
        }

        /// <summary>Dimensions of length one taken out: all of them, or the one named.</summary>
        public Tensor squeeze(long? dim = null) => dim is null ? _squeeze.One(this) : _squeezeDim.One(this, dim);

        /// <summary>Dimensions of length one repeated without copying.</summary>
        public Tensor expand(params long[] sizes) => _expand.One(this, sizes);

        /// <summary>Dimensions of length one repeated without copying.</summary>
        public Tensor expand(long[] sizes, bool isImplicit = false) => _expand.One(this, sizes, isImplicit);

        /// <summary>Dimensions of length one repeated without copying.</summary>
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => expand(sizes.ToArray(), isImplicit);

        /// <summary>Expanded to the shape of another tensor.</summary>
        public Tensor expand_as(Tensor other) => expand(other.shape, false);

        /// <summary>Expanded to a shape.</summary>
        public Tensor broadcast_to(params long[] shape) => _broadcastTo.One(this, shape);

        /// <summary>Copies set side by side.</summary>
        public Tensor repeat(params long[] sizes) => _repeat.One(this, sizes);

        /// <summary>Each element repeated.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            _repeatInterleaveSelfInt.One(this, repeats, dim, output_size);

        /// <summary>Each element repeated as often as a tensor says.</summary>
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            _repeatInterleaveSelfTensor.One(this, repeats, dim, output_size);

        /// <summary>Copies set side by side.</summary>
        public Tensor tile(long[] reps) => _tile.One(this, reps);

        /// <summary>Dimensions joined into one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => _flattenUsingInts.One(this, start_dim, end_dim);

        /// <summary>A dimension split into several.</summary>
        public Tensor unflatten(long dim, params long[] sizes) => _unflattenInt.One(this, dim, sizes);

        /// <summary>All dimensions joined into one.</summary>
        public Tensor ravel() => _ravel.One(this);

        /// <summary>Windows along a dimension, as a new last dimension.</summary>
        public Tensor unfold(long dimension, long size, long step) => _unfold.One(this, dimension, size, step);

        /// <summary>Rows in reverse order along dimensions.</summary>
        public Tensor flip(params long[] dims) => _flip.One(this, dims);

        /// <summary>Dimensions moved to other places.</summary>
        public Tensor movedim(long[] source, long[] destination) => _movedimIntlist.One(this, source, destination);

        /// <summary>Rolled along a dimension; without one, along all elements as one row.</summary>
        public Tensor roll(long shifts, long? dims = null) => _roll.One(this, (long[])[shifts], dims is null ? (long[])[] : [dims.Value]);

        /// <summary>Rolled along dimensions.</summary>
        public Tensor roll(long[] shifts, long[] dims) => _roll.One(this, shifts, dims);

        /// <summary>Dimension by dimension, the elements in row-major order without gaps.</summary>
        public Tensor contiguous() => _contiguous.One(this);

        /// <summary>A diagonal of a matrix, or a matrix with this diagonal.</summary>
        public Tensor diag(long diagonal = 0) => _diag.One(this, diagonal);

        /// <summary>What lies on and below a diagonal.</summary>
        public Tensor tril(long diagonal = 0) => _tril.One(this, diagonal);

        /// <summary>What lies on and above a diagonal.</summary>
        public Tensor triu(long diagonal = 0) => _triu.One(this, diagonal);
    }
}
