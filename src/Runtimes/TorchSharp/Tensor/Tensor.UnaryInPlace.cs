using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _absInplace = new("abs_");
        internal static readonly Op _ceilInplace = new("ceil_");
        internal static readonly Op _cosInplace = new("cos_");
        internal static readonly Op _erfInplace = new("erf_");
        internal static readonly Op _expInplace = new("exp_");
        internal static readonly Op _exp2Inplace = new("exp2_");
        internal static readonly Op _expm1Inplace = new("expm1_");
        internal static readonly Op _floorInplace = new("floor_");
        internal static readonly Op _logInplace = new("log_");
        internal static readonly Op _log10Inplace = new("log10_");
        internal static readonly Op _log1pInplace = new("log1p_");
        internal static readonly Op _log2Inplace = new("log2_");
        internal static readonly Op _negInplace = new("neg_");
        internal static readonly Op _erfinvInplace = new("erfinv_");
        internal static readonly Op _reciprocalInplace = new("reciprocal_");
        internal static readonly Op _rsqrtInplace = new("rsqrt_");
        internal static readonly Op _sigmoidInplace = new("sigmoid_");
        internal static readonly Op _signInplace = new("sign_");
        internal static readonly Op _sinInplace = new("sin_");
        internal static readonly Op _sqrtInplace = new("sqrt_");
        internal static readonly Op _tanInplace = new("tan_");
        internal static readonly Op _tanhInplace = new("tanh_");
        internal static readonly Op _truncInplace = new("trunc_");
        internal static readonly Op _logicalNotInplace = new("logical_not_");
        internal static readonly Op _bitwiseNotInplace = new("bitwise_not_");

        /// <summary>The absolute value of each element, in place.</summary>
        public Tensor abs_()
        {
            _absInplace.Do(this);
            return this;
        }

        /// <summary>Rounds up, in place.</summary>
        public Tensor ceil_()
        {
            _ceilInplace.Do(this);
            return this;
        }

        /// <summary>The cosine of each element, in place.</summary>
        public Tensor cos_()
        {
            _cosInplace.Do(this);
            return this;
        }

        /// <summary>The error function of each element, in place.</summary>
        public Tensor erf_()
        {
            _erfInplace.Do(this);
            return this;
        }

        /// <summary>The exponential of each element, in place.</summary>
        public Tensor exp_()
        {
            _expInplace.Do(this);
            return this;
        }

        /// <summary>Two to the power, in place.</summary>
        public Tensor exp2_()
        {
            _exp2Inplace.Do(this);
            return this;
        }

        /// <summary>The exponential less one of each element, in place.</summary>
        public Tensor expm1_()
        {
            _expm1Inplace.Do(this);
            return this;
        }

        /// <summary>Rounds down, in place.</summary>
        public Tensor floor_()
        {
            _floorInplace.Do(this);
            return this;
        }

        /// <summary>The natural logarithm of each element, in place.</summary>
        public Tensor log_()
        {
            _logInplace.Do(this);
            return this;
        }

        /// <summary>The logarithm to base ten of each element, in place.</summary>
        public Tensor log10_()
        {
            _log10Inplace.Do(this);
            return this;
        }

        /// <summary>The natural logarithm of one more of each element, in place.</summary>
        public Tensor log1p_()
        {
            _log1pInplace.Do(this);
            return this;
        }

        /// <summary>The logarithm to base two of each element, in place.</summary>
        public Tensor log2_()
        {
            _log2Inplace.Do(this);
            return this;
        }

        /// <summary>The negative of each element, in place.</summary>
        public Tensor neg_()
        {
            _negInplace.Do(this);
            return this;
        }

        /// <summary>The inverse of the error function of each element, in place.</summary>
        public Tensor erfinv_()
        {
            _erfinvInplace.Do(this);
            return this;
        }

        /// <summary>One divided by each element, in place.</summary>
        public Tensor reciprocal_()
        {
            _reciprocalInplace.Do(this);
            return this;
        }

        /// <summary>One divided by the square root, in place.</summary>
        public Tensor rsqrt_()
        {
            _rsqrtInplace.Do(this);
            return this;
        }

        /// <summary>The logistic function of each element, in place.</summary>
        public Tensor sigmoid_()
        {
            _sigmoidInplace.Do(this);
            return this;
        }

        /// <summary>The sign of each element, in place.</summary>
        public Tensor sign_()
        {
            _signInplace.Do(this);
            return this;
        }

        /// <summary>The sine of each element, in place.</summary>
        public Tensor sin_()
        {
            _sinInplace.Do(this);
            return this;
        }

        /// <summary>The square root of each element, in place.</summary>
        public Tensor sqrt_()
        {
            _sqrtInplace.Do(this);
            return this;
        }

        /// <summary>The tangent of each element, in place.</summary>
        public Tensor tan_()
        {
            _tanInplace.Do(this);
            return this;
        }

        /// <summary>The hyperbolic tangent of each element, in place.</summary>
        public Tensor tanh_()
        {
            _tanhInplace.Do(this);
            return this;
        }

        /// <summary>Rounds towards zero, in place.</summary>
        public Tensor trunc_()
        {
            _truncInplace.Do(this);
            return this;
        }

        /// <summary>Whether each element is zero, in place.</summary>
        public Tensor logical_not_()
        {
            _logicalNotInplace.Do(this);
            return this;
        }

        /// <summary>The bits turned over of each element, in place.</summary>
        public Tensor bitwise_not_()
        {
            _bitwiseNotInplace.Do(this);
            return this;
        }
    }
}
