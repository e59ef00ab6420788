namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Whether elements are equal.</summary>
        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);

        /// <summary>Whether elements are equal.</summary>
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);

        /// <summary>Whether elements are equal.</summary>
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);

        /// <summary>Whether elements differ.</summary>
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);

        /// <summary>Whether elements differ.</summary>
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);

        /// <summary>Whether elements differ.</summary>
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);

        /// <summary>Whether elements are less.</summary>
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        /// <summary>Whether elements are less.</summary>
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        /// <summary>Whether elements are less.</summary>
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);

        /// <summary>Whether elements are at most.</summary>
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        /// <summary>Whether elements are at most.</summary>
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        /// <summary>Whether elements are at most.</summary>
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);

        /// <summary>Whether elements are greater.</summary>
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        /// <summary>Whether elements are greater.</summary>
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        /// <summary>Whether elements are greater.</summary>
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);

        /// <summary>Whether elements are at least.</summary>
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        /// <summary>Whether elements are at least.</summary>
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        /// <summary>Whether elements are at least.</summary>
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);

        /// <summary>Makes a tensor of a 32-bit integer.</summary>
        public static implicit operator Tensor(int value) => tensor(value);

        /// <summary>Makes a tensor of a 64-bit integer.</summary>
        public static implicit operator Tensor(long value) => tensor(value);

        /// <summary>Makes a tensor of single precision.</summary>
        public static implicit operator Tensor(float value) => tensor(value);

        /// <summary>Makes a tensor of double precision.</summary>
        public static implicit operator Tensor(double value) => tensor(value);

        /// <summary>Makes a tensor of a truth value.</summary>
        public static implicit operator Tensor(bool value) => tensor(value);

        /// <summary>Makes a tensor of 32-bit integers.</summary>
        public static implicit operator Tensor(int[] value) => tensor(value);

        /// <summary>Makes a tensor of 64-bit integers.</summary>
        public static implicit operator Tensor(long[] value) => tensor(value);

        /// <summary>Makes a tensor of single precision.</summary>
        public static implicit operator Tensor(float[] value) => tensor(value);

        /// <summary>Makes a tensor of double precision.</summary>
        public static implicit operator Tensor(double[] value) => tensor(value);

        /// <summary>Makes a tensor of truth values.</summary>
        public static implicit operator Tensor(bool[] value) => tensor(value);

        /// <summary>Makes a tensor of a scalar; that this exists lets a compiler prefer scalars where a number could become either.</summary>
        public static implicit operator Tensor(Scalar scalar) => full([], scalar);
    }
}
