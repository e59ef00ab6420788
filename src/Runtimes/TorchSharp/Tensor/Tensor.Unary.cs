using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _abs = new("abs");
        internal static readonly Op _ceil = new("ceil");
        internal static readonly Op _cos = new("cos");
        internal static readonly Op _erf = new("erf");
        internal static readonly Op _exp = new("exp");
        internal static readonly Op _exp2 = new("exp2");
        internal static readonly Op _expm1 = new("expm1");
        internal static readonly Op _floor = new("floor");
        internal static readonly Op _log = new("log");
        internal static readonly Op _log10 = new("log10");
        internal static readonly Op _log1p = new("log1p");
        internal static readonly Op _log2 = new("log2");
        internal static readonly Op _neg = new("neg");
        internal static readonly Op _erfinv = new("erfinv");
        internal static readonly Op _reciprocal = new("reciprocal");
        internal static readonly Op _rsqrt = new("rsqrt");
        internal static readonly Op _sigmoid = new("sigmoid");
        internal static readonly Op _sign = new("sign");
        internal static readonly Op _sin = new("sin");
        internal static readonly Op _sqrt = new("sqrt");
        internal static readonly Op _tan = new("tan");
        internal static readonly Op _tanh = new("tanh");
        internal static readonly Op _trunc = new("trunc");
        internal static readonly Op _logicalNot = new("logical_not");
        internal static readonly Op _bitwiseNot = new("bitwise_not");

        /// <summary>The absolute value of each element.</summary>
        public Tensor abs() => _abs.One(this);

        /// <summary>Rounds up.</summary>
        public Tensor ceil() => _ceil.One(this);

        /// <summary>The cosine of each element.</summary>
        public Tensor cos() => _cos.One(this);

        /// <summary>The error function of each element.</summary>
        public Tensor erf() => _erf.One(this);

        /// <summary>The exponential of each element.</summary>
        public Tensor exp() => _exp.One(this);

        /// <summary>Two to the power.</summary>
        public Tensor exp2() => _exp2.One(this);

        /// <summary>The exponential less one of each element.</summary>
        public Tensor expm1() => _expm1.One(this);

        /// <summary>Rounds down.</summary>
        public Tensor floor() => _floor.One(this);

        /// <summary>The natural logarithm of each element.</summary>
        public Tensor log() => _log.One(this);

        /// <summary>The logarithm to base ten of each element.</summary>
        public Tensor log10() => _log10.One(this);

        /// <summary>The natural logarithm of one more of each element.</summary>
        public Tensor log1p() => _log1p.One(this);

        /// <summary>The logarithm to base two of each element.</summary>
        public Tensor log2() => _log2.One(this);

        /// <summary>The negative of each element.</summary>
        public Tensor neg() => _neg.One(this);

        /// <summary>The inverse of the error function of each element.</summary>
        public Tensor erfinv() => _erfinv.One(this);

        /// <summary>One divided by each element.</summary>
        public Tensor reciprocal() => _reciprocal.One(this);

        /// <summary>One divided by the square root.</summary>
        public Tensor rsqrt() => _rsqrt.One(this);

        /// <summary>The logistic function of each element.</summary>
        public Tensor sigmoid() => _sigmoid.One(this);

        /// <summary>The sign of each element.</summary>
        public Tensor sign() => _sign.One(this);

        /// <summary>The sine of each element.</summary>
        public Tensor sin() => _sin.One(this);

        /// <summary>The square root of each element.</summary>
        public Tensor sqrt() => _sqrt.One(this);

        /// <summary>The tangent of each element.</summary>
        public Tensor tan() => _tan.One(this);

        /// <summary>The hyperbolic tangent of each element.</summary>
        public Tensor tanh() => _tanh.One(this);

        /// <summary>Rounds towards zero.</summary>
        public Tensor trunc() => _trunc.One(this);

        /// <summary>Whether each element is zero.</summary>
        public Tensor logical_not() => _logicalNot.One(this);

        /// <summary>The bits turned over of each element.</summary>
        public Tensor bitwise_not() => _bitwiseNot.One(this);
    }
}
