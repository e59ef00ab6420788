namespace TorchSharp;

public static partial class torch
{
    /// <summary>Adds two tensors.</summary>
    public static Tensor add(Tensor left, Tensor right) => left.add(right);

    /// <summary>Takes a tensor away.</summary>
    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);

    /// <summary>Multiplies two tensors.</summary>
    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);

    /// <summary>Whether elements are equal.</summary>
    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);

    /// <summary>Whether elements differ.</summary>
    public static Tensor ne(Tensor left, Tensor right) => left.ne(right);

    /// <summary>Whether elements are less.</summary>
    public static Tensor lt(Tensor left, Tensor right) => left.lt(right);

    /// <summary>Whether elements are at most.</summary>
    public static Tensor le(Tensor left, Tensor right) => left.le(right);

    /// <summary>Whether elements are greater.</summary>
    public static Tensor gt(Tensor left, Tensor right) => left.gt(right);

    /// <summary>Whether elements are at least.</summary>
    public static Tensor ge(Tensor left, Tensor right) => left.ge(right);

    /// <summary>The same with a number.</summary>
    public static Tensor add(Tensor left, Scalar right) => left.add(right);

    /// <summary>The same, in place.</summary>
    public static Tensor add_(Tensor left, Tensor right) => left.add_(right);

    /// <summary>The same with a number.</summary>
    public static Tensor sub(Tensor left, Scalar right) => left.sub(right);

    /// <summary>The same, in place.</summary>
    public static Tensor sub_(Tensor left, Tensor right) => left.sub_(right);

    /// <summary>The same with a number.</summary>
    public static Tensor mul(Tensor left, Scalar right) => left.mul(right);

    /// <summary>The same, in place.</summary>
    public static Tensor mul_(Tensor left, Tensor right) => left.mul_(right);

    /// <summary>Adds a tensor times alpha.</summary>
    public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left.add(right, alpha);

    /// <summary>Divides.</summary>
    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);

    /// <summary>Raises to a power.</summary>
    public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);

    /// <summary>Divides.</summary>
    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);

    /// <summary>Raises to a power.</summary>
    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);

    /// <summary>The larger of two elements.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    /// <summary>The smaller of two elements.</summary>
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    /// <summary>The larger of two elements.</summary>
    public static Tensor max(Tensor input, Tensor other) => input.maximum(other);

    /// <summary>The smaller of two elements.</summary>
    public static Tensor min(Tensor input, Tensor other) => input.minimum(other);

    /// <summary>The and of truth values.</summary>
    public static Tensor logical_and(Tensor left, Tensor right) => left.logical_and(right);

    /// <summary>The or of truth values.</summary>
    public static Tensor logical_or(Tensor left, Tensor right) => left.logical_or(right);

    /// <summary>The xor of truth values.</summary>
    public static Tensor logical_xor(Tensor left, Tensor right) => left.logical_xor(right);

    /// <summary>Whether elements are not a number.</summary>
    public static Tensor isnan(Tensor input) => input.isnan();

    /// <summary>Whether elements are infinite.</summary>
    public static Tensor isinf(Tensor tensor) => tensor.isinf();

    /// <summary>Whether elements are finite.</summary>
    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();

    /// <summary>Whether elements are close.</summary>
    public static Tensor isclose(Tensor tensor, Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
        tensor.isclose(other, rtol, atol, nanEqual);

    /// <summary>Whether all elements are close.</summary>
    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
        tensor.allclose(target, rtol, atol, equal_nan);

    /// <summary>Elements of x where the condition holds, else of y.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    /// <summary>The elements where the mask holds, as one row.</summary>
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);

    /// <summary>Keeps elements between two numbers.</summary>
    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);

    /// <summary>Keeps elements between two tensors.</summary>
    public static Tensor clamp(Tensor input, Tensor? min = null, Tensor? max = null) => input.clamp(min, max);

    /// <summary>Keeps elements between two numbers.</summary>
    public static Tensor clip(Tensor input, Scalar? min = null, Scalar? max = null) => input.clip(min, max);

    /// <summary>The angle of the point (other, input).</summary>
    public static Tensor atan2(Tensor input, Tensor other) => input.atan2(other);
}
