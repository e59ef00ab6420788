using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _addTensor = new("add", "Tensor");
        internal static readonly Op _addInplaceTensor = new("add_", "Tensor");
        internal static readonly Op _addScalar = new("add", "Scalar");
        internal static readonly Op _addInplaceScalar = new("add_", "Scalar");
        internal static readonly Op _subTensor = new("sub", "Tensor");
        internal static readonly Op _subInplaceTensor = new("sub_", "Tensor");
        internal static readonly Op _subScalar = new("sub", "Scalar");
        internal static readonly Op _subInplaceScalar = new("sub_", "Scalar");
        internal static readonly Op _mulTensor = new("mul", "Tensor");
        internal static readonly Op _mulInplaceTensor = new("mul_", "Tensor");
        internal static readonly Op _mulScalar = new("mul", "Scalar");
        internal static readonly Op _mulInplaceScalar = new("mul_", "Scalar");

        /// <summary>Adds a tensor, element by element.</summary>
        public Tensor add(Tensor target) => _addTensor.One(this, target);

        /// <summary>Adds a number.</summary>
        public Tensor add(Scalar scalar) => _addScalar.One(this, scalar);

        /// <summary>Adds a tensor, in place.</summary>
        public Tensor add_(Tensor target)
        {
            _addInplaceTensor.Do(this, target);
            return this;
        }

        /// <summary>Adds a number, in place.</summary>
        public Tensor add_(Scalar scalar)
        {
            _addInplaceScalar.Do(this, scalar);
            return this;
        }

        /// <summary>Adds a tensor times alpha.</summary>
        public Tensor add(Tensor target, Scalar alpha) => _addTensor.One(this, target, alpha);

        /// <summary>Adds a number times alpha.</summary>
        public Tensor add(Scalar scalar, Scalar alpha) => _addScalar.One(this, scalar, alpha);

        /// <summary>Adds a tensor times alpha, in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha)
        {
            _addInplaceTensor.Do(this, target, alpha);
            return this;
        }

        /// <summary>Adds a number times alpha, in place.</summary>
        public Tensor add_(Scalar scalar, Scalar alpha)
        {
            _addInplaceScalar.Do(this, scalar, alpha);
            return this;
        }

        /// <summary>Takes away a tensor, element by element.</summary>
        public Tensor sub(Tensor target) => _subTensor.One(this, target);

        /// <summary>Takes away a number.</summary>
        public Tensor sub(Scalar target) => _subScalar.One(this, target);

        /// <summary>Takes away a tensor, in place.</summary>
        public Tensor sub_(Tensor target)
        {
            _subInplaceTensor.Do(this, target);
            return this;
        }

        /// <summary>Takes away a number, in place.</summary>
        public Tensor sub_(Scalar target)
        {
            _subInplaceScalar.Do(this, target);
            return this;
        }

        /// <summary>Multiplies by a tensor, element by element.</summary>
        public Tensor mul(Tensor target) => _mulTensor.One(this, target);

        /// <summary>Multiplies by a number.</summary>
        public Tensor mul(Scalar target) => _mulScalar.One(this, target);

        /// <summary>Multiplies by a tensor, in place.</summary>
        public Tensor mul_(Tensor target)
        {
            _mulInplaceTensor.Do(this, target);
            return this;
        }

        /// <summary>Multiplies by a number, in place.</summary>
        public Tensor mul_(Scalar target)
        {
            _mulInplaceScalar.Do(this, target);
            return this;
        }

        /// <summary>Multiplies by a tensor.</summary>
        public Tensor multiply(Tensor target) => mul(target);

        /// <summary>Multiplies by a number.</summary>
        public Tensor multiply(Scalar target) => mul(target);

        /// <summary>Takes away a tensor.</summary>
        public Tensor subtract(Tensor target) => sub(target);

        /// <summary>Takes away a number.</summary>
        public Tensor subtract(Scalar target) => sub(target);

        /// <summary>The negative of each element.</summary>
        public Tensor negative() => neg();

        /// <summary>The square of each element.</summary>
        public Tensor square() => pow(2);
    }
}
