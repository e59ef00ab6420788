using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _cat = new("cat");
        internal static readonly Op _stack = new("stack");
        internal static readonly Op _einsum = new("einsum");
        internal static readonly Op _meshgridIndexing = new("meshgrid", "indexing");
    }

    /// <summary>The same elements in another shape.</summary>
    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);

    /// <summary>Dimensions in another order.</summary>
    public static Tensor permute(Tensor input, params long[] permutation) => input.permute(permutation);

    /// <summary>Two dimensions exchanged.</summary>
    public static Tensor transpose(Tensor input, long dim0, long dim1) => input.transpose(dim0, dim1);

    /// <summary>A matrix's transpose.</summary>
    public static Tensor t(Tensor input) => input.t();

    /// <summary>A dimension of length one put in.</summary>
    public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);

    /// <summary>Dimensions of length one taken out.</summary>
    public static Tensor squeeze(Tensor input, long? dim = null) => input.squeeze(dim);

    /// <summary>Dimensions joined into one.</summary>
    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) => input.flatten(start_dim, end_dim);

    /// <summary>Rows in reverse order along dimensions.</summary>
    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);

    /// <summary>Rolled along a dimension.</summary>
    public static Tensor roll(Tensor input, long shifts, long? dims = null) => input.roll(shifts, dims);

    /// <summary>Rolled along dimensions.</summary>
    public static Tensor roll(Tensor input, long[] shifts, long[] dims) => input.roll(shifts, dims);

    /// <summary>A part of a dimension.</summary>
    public static Tensor narrow(Tensor input, long dim, long start, long length) => input.narrow(dim, start, length);

    /// <summary>One slice of a dimension.</summary>
    public static Tensor select(Tensor input, long dim, long index) => input.select(dim, index);

    /// <summary>Rows named by index along a dimension.</summary>
    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);

    /// <summary>Elements named by index along a dimension.</summary>
    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);

    /// <summary>Writes elements of src where the index says.</summary>
    public static Tensor scatter(Tensor input, long dim, Tensor index, Tensor src) => input.scatter(dim, index, src);

    /// <summary>Writes elements of src where the index says, in place.</summary>
    public static Tensor scatter_(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_(dim, index, src);

    /// <summary>Adds elements of src where the index says.</summary>
    public static Tensor scatter_add(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_add(dim, index, src);

    /// <summary>Where elements differ from zero.</summary>
    public static Tensor nonzero(Tensor input) => input.nonzero();

    /// <summary>A copy with memory of its own.</summary>
    public static Tensor clone(Tensor input) => input.clone();

    /// <summary>Copies set side by side.</summary>
    public static Tensor tile(Tensor input, long[] dims) => input.tile(dims);

    /// <summary>Expanded to a shape.</summary>
    public static Tensor broadcast_to(Tensor input, params long[] shape) => input.broadcast_to(shape);

    /// <summary>A diagonal of a matrix, or a matrix with this diagonal.</summary>
    public static Tensor diag(Tensor input, long diagonal = 0) => input.diag(diagonal);

    /// <summary>What lies on and below a diagonal.</summary>
    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);

    /// <summary>What lies on and above a diagonal.</summary>
    public static Tensor triu(Tensor input, long diagonal = 0L) => input.triu(diagonal);

    /// <summary>Dimensions moved to other places.</summary>
    public static Tensor movedim(Tensor input, long[] source, long[] destination) => input.movedim(source, destination);

    /// <summary>Each element repeated.</summary>
    public static Tensor repeat_interleave(Tensor input, long repeats, long? dim = null, long? output_size = null) =>
        input.repeat_interleave(repeats, dim, output_size);

    /// <summary>Elements named by index along a dimension.</summary>
    public static Tensor take_along_dim(Tensor input, Tensor indices, long dim = 0L) => input.take_along_dim(indices, dim);

    /// <summary>So many parts along a dimension.</summary>
    public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);

    /// <summary>Parts of given sizes along a dimension.</summary>
    public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0L) => tensor.split(split_size_or_sections, dim);

    /// <summary>The slices along a dimension.</summary>
    public static Tensor[] unbind(Tensor input, long dim = 0L) => input.unbind(dim);

    /// <summary>Tensors one after another along a dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Tensor._cat.One(tensors.ToArray(), dim);

    /// <summary>Tensors one after another along a dimension.</summary>
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Tensor._cat.One(tensors, dim);

    /// <summary>Tensors one after another along a dimension.</summary>
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Tensor._cat.One(tensors.ToArray(), dim);

    /// <summary>Tensors one after another along a dimension.</summary>
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    /// <summary>Tensors beside each other along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Tensor._stack.One(tensors.ToArray(), dim);

    /// <summary>Products and sums named by an equation.</summary>
    public static Tensor einsum(string equation, params Tensor[] tensors) => Tensor._einsum.One(equation, tensors);

    /// <summary>Grids of coordinates.</summary>
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") =>
        Tensor._meshgridIndexing.Many(tensors.ToArray(), indexing);
}
