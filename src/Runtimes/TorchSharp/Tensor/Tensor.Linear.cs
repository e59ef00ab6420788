using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _argsort = new("argsort");
        internal static readonly Op _sortStable = new("sort", "stable");
        internal static readonly Op _topk = new("topk");
        internal static readonly Op _cumsum = new("cumsum");
        internal static readonly Op _cumprod = new("cumprod");
        internal static readonly Op _logsumexp = new("logsumexp");
        internal static readonly Op _dist = new("dist");
        internal static readonly Op _bincount = new("bincount");
        internal static readonly Op _matmul = new("matmul");
        internal static readonly Op _mm = new("mm");
        internal static readonly Op _mv = new("mv");
        internal static readonly Op _dot = new("dot");
        internal static readonly Op _bmm = new("bmm");
        internal static readonly Op _outer = new("outer");
        internal static readonly Op _addmm = new("addmm");
        internal static readonly Op _baddbmm = new("baddbmm");
        internal static readonly Op _softmaxInt = new("softmax", "int");
        internal static readonly Op _logSoftmaxInt = new("log_softmax", "int");
        internal static readonly Op _relu = new("relu");
        internal static readonly Op _reluInplace = new("relu_");
        internal static readonly Op _gelu = new("gelu");
        internal static readonly Op _silu = new("silu");

        /// <summary>Where elements would go if sorted.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => _argsort.One(this, dim, descending);

        /// <summary>Sorts along a dimension.</summary>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            _sortStable.Two(this, stable, dim, descending);

        /// <summary>The k largest elements along a dimension.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            _topk.Two(this, (long)k, (long)dim, largest, sorted);

        /// <summary>Running sums along a dimension.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) => _cumsum.One(this, dim, type);

        /// <summary>Running products along a dimension.</summary>
        public Tensor cumprod(long dim, ScalarType? type = null) => _cumprod.One(this, dim, type);

        /// <summary>The logarithm of the sum of exponentials.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => _logsumexp.One(this, (long[])[dim], keepdim);

        /// <summary>The distance to another tensor.</summary>
        public Tensor dist(Tensor other, float p = 2.0f) => _dist.One(this, other, (double)p);

        /// <summary>How often each whole number occurs.</summary>
        public Tensor bincount(Tensor? weights, long minlength = 0) => _bincount.One(this, weights, minlength);

        /// <summary>The product of two matrices, vectors or batches of matrices.</summary>
        public Tensor matmul(Tensor target) => _matmul.One(this, target);

        /// <summary>The product of two matrices.</summary>
        public Tensor mm(Tensor target) => _mm.One(this, target);

        /// <summary>The product of a matrix and a vector.</summary>
        public Tensor mv(Tensor target) => _mv.One(this, target);

        /// <summary>The inner product of two vectors.</summary>
        public Tensor dot(Tensor target) => _dot.One(this, target);

        /// <summary>The products of two batches of matrices.</summary>
        public Tensor bmm(Tensor batch2) => _bmm.One(this, batch2);

        /// <summary>The outer product of two vectors.</summary>
        public Tensor outer(Tensor vec2) => _outer.One(this, vec2);

        /// <summary>beta * this + alpha * mat1 mat2.</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            _addmm.One(this, mat1, mat2, (double)beta, (double)alpha);

        /// <summary>beta * this + alpha * batch1 batch2.</summary>
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            _baddbmm.One(this, batch1, batch2, (double)beta, (double)alpha);

        /// <summary>Exponentials that sum to one along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => _softmaxInt.One(this, dim, dtype);

        /// <summary>The logarithm of the softmax.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => _logSoftmaxInt.One(this, dim, dtype);

        /// <summary>The positive part.</summary>
        public Tensor relu() => _relu.One(this);

        /// <summary>The positive part, in place.</summary>
        public Tensor relu_()
        {
            _reluInplace.Do(this);
            return this;
        }

        /// <summary>The Gaussian error linear unit, exact.</summary>
        public Tensor gelu() => _gelu.One(this);

        /// <summary>The sigmoid linear unit.</summary>
        public Tensor silu() => _silu.One(this);
    }
}
