using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Norms of vectors and matrices.</summary>
    public static partial class linalg
    {
        private static readonly Op _norm = new("linalg_norm");
        private static readonly Op _normNamed = new("linalg_norm", "ord_str");
        private static readonly Op _vectorNorm = new("linalg_vector_norm");

        /// <summary>A norm named by text, such as "fro" or "nuc".</summary>
        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) =>
            _normNamed.One(input, ord, dims, keepdim);

        /// <summary>The norm of an order.</summary>
        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) =>
            _norm.One(input, ord, dims, keepdim);

        /// <summary>The norm of an order.</summary>
        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) =>
            _norm.One(input, (double)ord, dims, keepdim);

        /// <summary>The Euclidean norm of all elements or over dimensions.</summary>
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) =>
            _norm.One(input, Arg.None, dims, keepdim);

        /// <summary>The norm of elements as vectors.</summary>
        public static Tensor vector_norm(Tensor input, double ord = 2d, long[]? dims = null, bool keepdim = false) =>
            _vectorNorm.One(input, ord, dims, keepdim);
    }
}
