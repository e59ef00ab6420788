namespace TorchSharp;

public static partial class torch
{
    /// <summary>The absolute value of each element.</summary>
    public static Tensor abs(Tensor input) => input.abs();

    /// <summary>The absolute value of each element, in place.</summary>
    public static Tensor abs_(Tensor input) => input.abs_();

    /// <summary>Rounds up.</summary>
    public static Tensor ceil(Tensor input) => input.ceil();

    /// <summary>Rounds up, in place.</summary>
    public static Tensor ceil_(Tensor input) => input.ceil_();

    /// <summary>The cosine of each element.</summary>
    public static Tensor cos(Tensor input) => input.cos();

    /// <summary>The cosine of each element, in place.</summary>
    public static Tensor cos_(Tensor input) => input.cos_();

    /// <summary>The error function of each element.</summary>
    public static Tensor erf(Tensor input) => input.erf();

    /// <summary>The error function of each element, in place.</summary>
    public static Tensor erf_(Tensor input) => input.erf_();

    /// <summary>The exponential of each element.</summary>
    public static Tensor exp(Tensor input) => input.exp();

    /// <summary>The exponential of each element, in place.</summary>
    public static Tensor exp_(Tensor input) => input.exp_();

    /// <summary>Two to the power.</summary>
    public static Tensor exp2(Tensor input) => input.exp2();

    /// <summary>Two to the power, in place.</summary>
    public static Tensor exp2_(Tensor input) => input.exp2_();

    /// <summary>The exponential less one of each element.</summary>
    public static Tensor expm1(Tensor input) => input.expm1();

    /// <summary>The exponential less one of each element, in place.</summary>
    public static Tensor expm1_(Tensor input) => input.expm1_();

    /// <summary>Rounds down.</summary>
    public static Tensor floor(Tensor input) => input.floor();

    /// <summary>Rounds down, in place.</summary>
    public static Tensor floor_(Tensor input) => input.floor_();

    /// <summary>The natural logarithm of each element.</summary>
    public static Tensor log(Tensor input) => input.log();

    /// <summary>The natural logarithm of each element, in place.</summary>
    public static Tensor log_(Tensor input) => input.log_();

    /// <summary>The logarithm to base ten of each element.</summary>
    public static Tensor log10(Tensor input) => input.log10();

    /// <summary>The logarithm to base ten of each element, in place.</summary>
    public static Tensor log10_(Tensor input) => input.log10_();

    /// <summary>The natural logarithm of one more of each element.</summary>
    public static Tensor log1p(Tensor input) => input.log1p();

    /// <summary>The natural logarithm of one more of each element, in place.</summary>
    public static Tensor log1p_(Tensor input) => input.log1p_();

    /// <summary>The logarithm to base two of each element.</summary>
    public static Tensor log2(Tensor input) => input.log2();

    /// <summary>The logarithm to base two of each element, in place.</summary>
    public static Tensor log2_(Tensor input) => input.log2_();

    /// <summary>The negative of each element.</summary>
    public static Tensor neg(Tensor input) => input.neg();

    /// <summary>The negative of each element, in place.</summary>
    public static Tensor neg_(Tensor input) => input.neg_();

    /// <summary>The inverse of the error function of each element.</summary>
    public static Tensor erfinv(Tensor input) => input.erfinv();

    /// <summary>The inverse of the error function of each element, in place.</summary>
    public static Tensor erfinv_(Tensor input) => input.erfinv_();

    /// <summary>One divided by each element.</summary>
    public static Tensor reciprocal(Tensor input) => input.reciprocal();

    /// <summary>One divided by each element, in place.</summary>
    public static Tensor reciprocal_(Tensor input) => input.reciprocal_();

    /// <summary>One divided by the square root.</summary>
    public static Tensor rsqrt(Tensor input) => input.rsqrt();

    /// <summary>One divided by the square root, in place.</summary>
    public static Tensor rsqrt_(Tensor input) => input.rsqrt_();

    /// <summary>The logistic function of each element.</summary>
    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    /// <summary>The logistic function of each element, in place.</summary>
    public static Tensor sigmoid_(Tensor input) => input.sigmoid_();

    /// <summary>The sign of each element.</summary>
    public static Tensor sign(Tensor input) => input.sign();

    /// <summary>The sign of each element, in place.</summary>
    public static Tensor sign_(Tensor input) => input.sign_();

    /// <summary>The sine of each element.</summary>
    public static Tensor sin(Tensor input) => input.sin();

    /// <summary>The sine of each element, in place.</summary>
    public static Tensor sin_(Tensor input) => input.sin_();

    /// <summary>The square root of each element.</summary>
    public static Tensor sqrt(Tensor input) => input.sqrt();

    /// <summary>The square root of each element, in place.</summary>
    public static Tensor sqrt_(Tensor input) => input.sqrt_();

    /// <summary>The tangent of each element.</summary>
    public static Tensor tan(Tensor input) => input.tan();

    /// <summary>The tangent of each element, in place.</summary>
    public static Tensor tan_(Tensor input) => input.tan_();

    /// <summary>The hyperbolic tangent of each element.</summary>
    public static Tensor tanh(Tensor input) => input.tanh();

    /// <summary>The hyperbolic tangent of each element, in place.</summary>
    public static Tensor tanh_(Tensor input) => input.tanh_();

    /// <summary>Rounds towards zero.</summary>
    public static Tensor trunc(Tensor input) => input.trunc();

    /// <summary>Rounds towards zero, in place.</summary>
    public static Tensor trunc_(Tensor input) => input.trunc_();

    /// <summary>Whether each element is zero.</summary>
    public static Tensor logical_not(Tensor input) => input.logical_not();

    /// <summary>The bits turned over of each element.</summary>
    public static Tensor bitwise_not(Tensor input) => input.bitwise_not();

    /// <summary>The bits turned over of each element, in place.</summary>
    public static Tensor bitwise_not_(Tensor input) => input.bitwise_not_();

    /// <summary>The square of each element.</summary>
    public static Tensor square(Tensor input) => input.square();

    /// <summary>Rounds to the nearest whole number, halves to the even one, or to so many decimals.</summary>
    public static Tensor round(Tensor input, long decimals = 0L) => input.round(decimals);
}
