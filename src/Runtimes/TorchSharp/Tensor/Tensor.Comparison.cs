using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _eqTensor = new("eq", "Tensor");
        internal static readonly Op _eqScalar = new("eq", "Scalar");
        internal static readonly Op _neTensor = new("ne", "Tensor");
        internal static readonly Op _neScalar = new("ne", "Scalar");
        internal static readonly Op _ltTensor = new("lt", "Tensor");
        internal static readonly Op _ltScalar = new("lt", "Scalar");
        internal static readonly Op _leTensor = new("le", "Tensor");
        internal static readonly Op _leScalar = new("le", "Scalar");
        internal static readonly Op _gtTensor = new("gt", "Tensor");
        internal static readonly Op _gtScalar = new("gt", "Scalar");
        internal static readonly Op _geTensor = new("ge", "Tensor");
        internal static readonly Op _geScalar = new("ge", "Scalar");
        internal static readonly Op _logicalAnd = new("logical_and");
        internal static readonly Op _logicalOr = new("logical_or");
        internal static readonly Op _logicalXor = new("logical_xor");
        internal static readonly Op _bitwiseAndTensor = new("bitwise_and", "Tensor");
        internal static readonly Op _bitwiseOrTensor = new("bitwise_or", "Tensor");
        internal static readonly Op _bitwiseXorTensor = new("bitwise_xor", "Tensor");
        internal static readonly Op _isnan = new("isnan");
        internal static readonly Op _isinf = new("isinf");
        internal static readonly Op _isfinite = new("isfinite");
        internal static readonly Op _isclose = new("isclose");
        internal static readonly Op _allclose = new("allclose");
        internal static readonly Op _whereSelf = new("where", "self");
        internal static readonly Op _maskedFillScalar = new("masked_fill", "Scalar");
        internal static readonly Op _maskedFillInplaceScalar = new("masked_fill_", "Scalar");
        internal static readonly Op _maskedSelect = new("masked_select");
        internal static readonly Op _maskedScatter = new("masked_scatter");
        internal static readonly Op _maskedScatterInplace = new("masked_scatter_");

        /// <summary>Whether elements equal those of a tensor.</summary>
        public Tensor eq(Tensor target) => _eqTensor.One(this, target);

        /// <summary>Whether elements equal a number.</summary>
        public Tensor eq(Scalar target) => _eqScalar.One(this, target);

        /// <summary>Whether elements differ from those of a tensor.</summary>
        public Tensor ne(Tensor target) => _neTensor.One(this, target);

        /// <summary>Whether elements differ from a number.</summary>
        public Tensor ne(Scalar target) => _neScalar.One(this, target);

        /// <summary>Whether elements are less than those of a tensor.</summary>
        public Tensor lt(Tensor target) => _ltTensor.One(this, target);

        /// <summary>Whether elements are less than a number.</summary>
        public Tensor lt(Scalar target) => _ltScalar.One(this, target);

        /// <summary>Whether elements are at most those of a tensor.</summary>
        public Tensor le(Tensor target) => _leTensor.One(this, target);

        /// <summary>Whether elements are at most a number.</summary>
        public Tensor le(Scalar target) => _leScalar.One(this, target);

        /// <summary>Whether elements are greater than those of a tensor.</summary>
        public Tensor gt(Tensor target) => _gtTensor.One(this, target);

        /// <summary>Whether elements are greater than a number.</summary>
        public Tensor gt(Scalar target) => _gtScalar.One(this, target);

        /// <summary>Whether elements are at least those of a tensor.</summary>
        public Tensor ge(Tensor target) => _geTensor.One(this, target);

        /// <summary>Whether elements are at least a number.</summary>
        public Tensor ge(Scalar target) => _geScalar.One(this, target);

        /// <summary>The and of truth values.</summary>
        public Tensor logical_and(Tensor other) => _logicalAnd.One(this, other);

        /// <summary>The or of truth values.</summary>
        public Tensor logical_or(Tensor other) => _logicalOr.One(this, other);

        /// <summary>The xor of truth values.</summary>
        public Tensor logical_xor(Tensor other) => _logicalXor.One(this, other);

        /// <summary>The and of bits.</summary>
        public Tensor bitwise_and(Tensor other) => _bitwiseAndTensor.One(this, other);

        /// <summary>The or of bits.</summary>
        public Tensor bitwise_or(Tensor other) => _bitwiseOrTensor.One(this, other);

        /// <summary>The xor of bits.</summary>
        public Tensor bitwise_xor(Tensor other) => _bitwiseXorTensor.One(this, other);

        /// <summary>Whether elements are not a number.</summary>
        public Tensor isnan() => _isnan.One(this);

        /// <summary>Whether elements are infinite.</summary>
        public Tensor isinf() => _isinf.One(this);

        /// <summary>Whether elements are finite.</summary>
        public Tensor isfinite() => _isfinite.One(this);

        /// <summary>Whether elements are close to those of a tensor.</summary>
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            _isclose.One(this, other, rtol, atol, nanEqual);

        /// <summary>Whether all elements are close to those of a tensor.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            _allclose.Number(this, target, rtol, atol, equal_nan) != 0;

        /// <summary>Takes elements of this tensor where the condition holds, else of y.</summary>
        public Tensor where(Tensor condition, Tensor y) => _whereSelf.One(condition, this, y);

        /// <summary>Puts a value where the mask holds.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => _maskedFillScalar.One(this, mask, value);

        /// <summary>Puts a value where the mask holds, in place.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            _maskedFillInplaceScalar.Do(this, mask, value);
            return this;
        }

        /// <summary>The elements where the mask holds, as one row.</summary>
        public Tensor masked_select(Tensor mask) => _maskedSelect.One(this, mask);

        /// <summary>Puts the elements of value where the mask holds.</summary>
        public Tensor masked_scatter(Tensor mask, Tensor value) => _maskedScatter.One(this, mask, value);

        /// <summary>Puts the elements of value where the mask holds, in place.</summary>
        public Tensor masked_scatter_(Tensor mask, Tensor value)
        {
            _maskedScatterInplace.Do(this, mask, value);
            return this;
        }
    }
}
