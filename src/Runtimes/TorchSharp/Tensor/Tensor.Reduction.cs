using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _sum = new("sum");
        internal static readonly Op _sumDimIntList = new("sum", "dim_IntList");
        internal static readonly Op _mean = new("mean");
        internal static readonly Op _meanDim = new("mean", "dim");
        internal static readonly Op _prod = new("prod");
        internal static readonly Op _prodDimInt = new("prod", "dim_int");
        internal static readonly Op _stdDim = new("std", "dim");
        internal static readonly Op _std = new("std");
        internal static readonly Op _varDim = new("var", "dim");
        internal static readonly Op _var = new("var");
        internal static readonly Op _stdMean = new("std_mean");
        internal static readonly Op _varMean = new("var_mean");
        internal static readonly Op _normScalar = new("norm", "Scalar");
        internal static readonly Op _normScalarOptDim = new("norm", "ScalarOpt_dim");
        internal static readonly Op _all = new("all");
        internal static readonly Op _allDim = new("all", "dim");
        internal static readonly Op _any = new("any");
        internal static readonly Op _anyDim = new("any", "dim");
        internal static readonly Op _max = new("max");
        internal static readonly Op _maxDim = new("max", "dim");
        internal static readonly Op _argmax = new("argmax");
        internal static readonly Op _amax = new("amax");
        internal static readonly Op _min = new("min");
        internal static readonly Op _minDim = new("min", "dim");
        internal static readonly Op _argmin = new("argmin");
        internal static readonly Op _amin = new("amin");
        internal static readonly Op _median = new("median");

        /// <summary>The sum of all elements.</summary>
        public Tensor sum(ScalarType? type = null) => _sum.One(this, type);

        /// <summary>Sums over dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => _sumDimIntList.One(this, dim, keepdim, type);

        /// <summary>Sums over dimensions.</summary>
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);

        /// <summary>Sums over a dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        /// <summary>Sums over two dimensions.</summary>
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        /// <summary>Sums over three dimensions.</summary>
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) =>
            sum([dim0, dim1, dim2], keepdim, type);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => _mean.One(this);

        /// <summary>Means over dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            _meanDim.One(this, dimensions, keepdim, type);

        /// <summary>The product of all elements.</summary>
        public Tensor prod(ScalarType? type = null) => _prod.One(this, type);

        /// <summary>Products over a dimension.</summary>
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => _prodDimInt.One(this, dim, keepdim, type);

        /// <summary>The standard deviation of all elements, unbiased unless asked otherwise.</summary>
        public Tensor std(bool unbiased = true) => _std.One(this, unbiased);

        /// <summary>The standard deviation over dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(_stdDim.One(this, dimensions, unbiased, keepdim), type);

        /// <summary>The standard deviation over dimensions.</summary>
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(_stdDim.One(this, dimensions.ToArray(), unbiased, keepdim), type);

        /// <summary>The standard deviation over a dimension.</summary>
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std((long[])[dim], unbiased, keepdim, type);

        /// <summary>The variance of all elements, unbiased unless asked otherwise.</summary>
        public Tensor var(bool unbiased = true) => _var.One(this, unbiased);

        /// <summary>The variance over dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(_varDim.One(this, dimensions, unbiased, keepdim), type);

        /// <summary>The variance over dimensions.</summary>
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(_varDim.One(this, dimensions.ToArray(), unbiased, keepdim), type);

        /// <summary>The variance over a dimension.</summary>
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var((long[])[dim], unbiased, keepdim, type);

        /// <summary>The std and the mean of all elements.</summary>
        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => _stdMean.Two(this, unbiased);

        /// <summary>The var and the mean of all elements.</summary>
        public (Tensor @var, Tensor mean) var_mean(bool unbiased = true) => _varMean.Two(this, unbiased);

        /// <summary>The norm of all elements as one vector.</summary>
        public Tensor norm(float p = 2.0f) => _normScalar.One(this, (double)p);

        /// <summary>The norm over a dimension.</summary>
        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => _normScalarOptDim.One(this, (double)p, (long[])[dim], keepdim);

        /// <summary>Whether all elements are true.</summary>
        public Tensor all() => _all.One(this);

        /// <summary>Whether all elements are true, over a dimension.</summary>
        public Tensor all(long dim, bool keepdim = false) => _allDim.One(this, dim, keepdim);

        /// <summary>Whether any element is true.</summary>
        public Tensor any() => _any.One(this);

        /// <summary>Whether any element is true, over a dimension.</summary>
        public Tensor any(long dim, bool keepdim = false) => _anyDim.One(this, dim, keepdim);

        /// <summary>The largest element.</summary>
        public Tensor max() => _max.One(this);

        /// <summary>The largest elements over a dimension and where they are.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => _maxDim.Two(this, dim, keepdim);

        /// <summary>Where the largest of all elements is.</summary>
        public Tensor argmax() => _argmax.One(this);

        /// <summary>Where the largest elements over a dimension are.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => _argmax.One(this, dim, keepdim);

        /// <summary>The largest elements over dimensions.</summary>
        public Tensor amax(params long[] dims) => _amax.One(this, dims);

        /// <summary>The largest elements over dimensions.</summary>
        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null)
        {
            if (@out is not null)
                throw new NotSupportedException("This subset writes no result into a given tensor.");
            return _amax.One(this, dims, keepdim);
        }

        /// <summary>The smallest element.</summary>
        public Tensor min() => _min.One(this);

        /// <summary>The smallest elements over a dimension and where they are.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => _minDim.Two(this, dim, keepdim);

        /// <summary>Where the smallest of all elements is.</summary>
        public Tensor argmin() => _argmin.One(this);

        /// <summary>Where the smallest elements over a dimension are.</summary>
        public Tensor argmin(long dim, bool keepdim = false) => _argmin.One(this, dim, keepdim);

        /// <summary>The smallest elements over dimensions.</summary>
        public Tensor amin(params long[] dims) => _amin.One(this, dims);

        /// <summary>The smallest elements over dimensions.</summary>
        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null)
        {
            if (@out is not null)
                throw new NotSupportedException("This subset writes no result into a given tensor.");
            return _amin.One(this, dims, keepdim);
        }

        /// <summary>The median of all elements.</summary>
        public Tensor median() => _median.One(this);
    }
}
