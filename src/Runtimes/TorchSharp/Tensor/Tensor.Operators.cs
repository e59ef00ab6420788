namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Adds.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        /// <summary>Adds.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        /// <summary>Adds.</summary>
        public static Tensor operator +(Tensor left, int right) => left.add(right);

        /// <summary>Adds.</summary>
        public static Tensor operator +(Tensor left, long right) => left.add(right);

        /// <summary>Adds.</summary>
        public static Tensor operator +(Tensor left, float right) => left.add(right);

        /// <summary>Adds.</summary>
        public static Tensor operator +(Tensor left, double right) => left.add(right);

        /// <summary>Adds.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        /// <summary>Adds.</summary>
        public static Tensor operator +(int left, Tensor right) => right.add(left);

        /// <summary>Adds.</summary>
        public static Tensor operator +(long left, Tensor right) => right.add(left);

        /// <summary>Adds.</summary>
        public static Tensor operator +(float left, Tensor right) => right.add(left);

        /// <summary>Adds.</summary>
        public static Tensor operator +(double left, Tensor right) => right.add(left);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(Tensor left, int right) => left.sub(right);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(Tensor left, long right) => left.sub(right);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(Tensor left, float right) => left.sub(right);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(Tensor left, double right) => left.sub(right);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => right.negative().add(left);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(int left, Tensor right) => right.negative().add(left);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(long left, Tensor right) => right.negative().add(left);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(float left, Tensor right) => right.negative().add(left);

        /// <summary>Takes away.</summary>
        public static Tensor operator -(double left, Tensor right) => right.negative().add(left);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(Tensor left, int right) => left.mul(right);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(Tensor left, long right) => left.mul(right);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(Tensor left, float right) => left.mul(right);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(Tensor left, double right) => left.mul(right);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(int left, Tensor right) => right.mul(left);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(long left, Tensor right) => right.mul(left);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(float left, Tensor right) => right.mul(left);

        /// <summary>Multiplies.</summary>
        public static Tensor operator *(double left, Tensor right) => right.mul(left);

        /// <summary>Divides.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        /// <summary>Divides.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        /// <summary>Divides.</summary>
        public static Tensor operator /(Tensor left, int right) => left.div(right);

        /// <summary>Divides.</summary>
        public static Tensor operator /(Tensor left, long right) => left.div(right);

        /// <summary>Divides.</summary>
        public static Tensor operator /(Tensor left, float right) => left.div(right);

        /// <summary>Divides.</summary>
        public static Tensor operator /(Tensor left, double right) => left.div(right);

        /// <summary>Divides.</summary>
        public static Tensor operator /(Scalar left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Divides.</summary>
        public static Tensor operator /(int left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Divides.</summary>
        public static Tensor operator /(long left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Divides.</summary>
        public static Tensor operator /(float left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Divides.</summary>
        public static Tensor operator /(double left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>The remainder.</summary>
        public static Tensor operator %(Tensor left, Tensor right) => left.remainder(right);

        /// <summary>The remainder.</summary>
        public static Tensor operator %(Tensor left, Scalar right) => left.remainder(right);

        /// <summary>The remainder.</summary>
        public static Tensor operator %(Tensor left, int right) => left.remainder(right);

        /// <summary>The remainder.</summary>
        public static Tensor operator %(Tensor left, long right) => left.remainder(right);

        /// <summary>The remainder.</summary>
        public static Tensor operator %(Tensor left, float right) => left.remainder(right);

        /// <summary>The remainder.</summary>
        public static Tensor operator %(Tensor left, double right) => left.remainder(right);

        /// <summary>The and of bits.</summary>
        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);

        /// <summary>The or of bits.</summary>
        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);

        /// <summary>The exclusive or of bits.</summary>
        public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);

        /// <summary>The bits turned over.</summary>
        public static Tensor operator ~(Tensor left) => left.bitwise_not();

        /// <summary>The negative.</summary>
        public static Tensor operator -(Tensor tensor) => tensor.neg();
    }
}
