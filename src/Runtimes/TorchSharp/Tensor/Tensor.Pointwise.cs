using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _divTensorMode = new("div", "Tensor_mode");
        internal static readonly Op _divScalarMode = new("div", "Scalar_mode");
        internal static readonly Op _divInplaceTensorMode = new("div_", "Tensor_mode");
        internal static readonly Op _divInplaceScalarMode = new("div_", "Scalar_mode");
        internal static readonly Op _floorDivide = new("floor_divide");
        internal static readonly Op _floorDivideScalar = new("floor_divide", "Scalar");
        internal static readonly Op _remainderTensor = new("remainder", "Tensor");
        internal static readonly Op _remainderScalar = new("remainder", "Scalar");
        internal static readonly Op _powTensorTensor = new("pow", "Tensor_Tensor");
        internal static readonly Op _powTensorScalar = new("pow", "Tensor_Scalar");
        internal static readonly Op _powInplaceTensor = new("pow_", "Tensor");
        internal static readonly Op _powInplaceScalar = new("pow_", "Scalar");
        internal static readonly Op _round = new("round");
        internal static readonly Op _roundDecimals = new("round", "decimals");
        internal static readonly Op _roundInplaceDecimals = new("round_", "decimals");
        internal static readonly Op _addcdiv = new("addcdiv");
        internal static readonly Op _addcdivInplace = new("addcdiv_");
        internal static readonly Op _addcmul = new("addcmul");
        internal static readonly Op _addcmulInplace = new("addcmul_");
        internal static readonly Op _lerpTensor = new("lerp", "Tensor");
        internal static readonly Op _lerpInplaceTensor = new("lerp_", "Tensor");
        internal static readonly Op _clamp = new("clamp");
        internal static readonly Op _clampTensor = new("clamp", "Tensor");
        internal static readonly Op _clampInplace = new("clamp_");
        internal static readonly Op _clampInplaceTensor = new("clamp_", "Tensor");
        internal static readonly Op _clampMax = new("clamp_max");
        internal static readonly Op _clampMin = new("clamp_min");
        internal static readonly Op _maximum = new("maximum");
        internal static readonly Op _minimum = new("minimum");
        internal static readonly Op _atan2 = new("atan2");

        /// <summary>Divides by a tensor.</summary>
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            _divTensorMode.One(this, target, Mode(rounding_mode));

        /// <summary>Divides by a number.</summary>
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            _divScalarMode.One(this, target, Mode(rounding_mode));

        /// <summary>Divides by a tensor, in place.</summary>
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            _divInplaceTensorMode.Do(this, target, Mode(rounding_mode));
            return this;
        }

        /// <summary>Divides by a number, in place.</summary>
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            _divInplaceScalarMode.Do(this, target, Mode(rounding_mode));
            return this;
        }

        /// <summary>Divides by a tensor.</summary>
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        /// <summary>Divides by a number.</summary>
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        /// <summary>Divides by a tensor, rounding down.</summary>
        public Tensor floor_divide(Tensor other) => _floorDivide.One(this, other);

        /// <summary>Divides by a number, rounding down.</summary>
        public Tensor floor_divide(Scalar other) => _floorDivideScalar.One(this, other);

        /// <summary>The remainder with the divisor's sign.</summary>
        public Tensor remainder(Tensor target) => _remainderTensor.One(this, target);

        /// <summary>The remainder with the divisor's sign.</summary>
        public Tensor remainder(Scalar scalar) => _remainderScalar.One(this, scalar);

        /// <summary>Raises to powers.</summary>
        public Tensor pow(Tensor exponent) => _powTensorTensor.One(this, exponent);

        /// <summary>Raises to a power.</summary>
        public Tensor pow(Scalar exponent) => _powTensorScalar.One(this, exponent);

        /// <summary>Raises to powers, in place.</summary>
        public Tensor pow_(Tensor exponent)
        {
            _powInplaceTensor.Do(this, exponent);
            return this;
        }

        /// <summary>Raises to a power, in place.</summary>
        public Tensor pow_(Scalar exponent)
        {
            _powInplaceScalar.Do(this, exponent);
            return this;
        }

        /// <summary>Rounds to the nearest whole number, halves to the even one, or to so many decimals.</summary>
        public Tensor round(long decimals = 0L) => decimals == 0 ? _round.One(this) : _roundDecimals.One(this, decimals);

        /// <summary>Rounds, in place.</summary>
        public Tensor round_(long decimals = 0L)
        {
            _roundInplaceDecimals.Do(this, decimals);
            return this;
        }

        /// <summary>Adds value * tensor1 / tensor2.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => _addcdiv.One(this, tensor1, tensor2, value);

        /// <summary>Adds tensor1 / tensor2.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => addcdiv(tensor1, tensor2, 1);

        /// <summary>Adds value * tensor1 / tensor2, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            _addcdivInplace.Do(this, tensor1, tensor2, value);
            return this;
        }

        /// <summary>Adds tensor1 / tensor2, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => addcdiv_(tensor1, tensor2, 1);

        /// <summary>Adds value * tensor1 * tensor2.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => _addcmul.One(this, tensor1, tensor2, value);

        /// <summary>Adds value * tensor1 * tensor2, in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            _addcmulInplace.Do(this, tensor1, tensor2, value);
            return this;
        }

        /// <summary>Moves towards end by weight.</summary>
        public Tensor lerp(Tensor end, Tensor weight) => _lerpTensor.One(this, end, weight);

        /// <summary>Moves towards end by weight, in place.</summary>
        public Tensor lerp_(Tensor end, Tensor weight)
        {
            _lerpInplaceTensor.Do(this, end, weight);
            return this;
        }

        /// <summary>Keeps elements between two numbers.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => _clamp.One(this, min, max);

        /// <summary>Keeps elements between two tensors.</summary>
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => _clampTensor.One(this, min, max);

        /// <summary>Keeps elements between two numbers.</summary>
        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);

        /// <summary>Keeps elements between two numbers, in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            _clampInplace.Do(this, min, max);
            return this;
        }

        /// <summary>Keeps elements between two tensors, in place.</summary>
        public Tensor clamp_(Tensor? min = null, Tensor? max = null)
        {
            _clampInplaceTensor.Do(this, min, max);
            return this;
        }

        /// <summary>Keeps elements below a number.</summary>
        public Tensor clamp_max(Scalar max) => _clampMax.One(this, max);

        /// <summary>Keeps elements above a number.</summary>
        public Tensor clamp_min(Scalar min) => _clampMin.One(this, min);

        /// <summary>The larger of two elements.</summary>
        public Tensor maximum(Tensor other) => _maximum.One(this, other);

        /// <summary>The smaller of two elements.</summary>
        public Tensor minimum(Tensor other) => _minimum.One(this, other);

        /// <summary>The larger of two elements.</summary>
        public Tensor max(Tensor other) => maximum(other);

        /// <summary>The smaller of two elements.</summary>
        public Tensor min(Tensor other) => minimum(other);

        /// <summary>The angle of the point (other, this).</summary>
        public Tensor atan2(Tensor other) => _atan2.One(this, other);
    }
}
