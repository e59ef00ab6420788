namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place in a tensor's brackets: a position, a range, a mask, a new dimension or the rest.</summary>
    public struct TensorIndex
    {
        internal enum Kind
        {
            None,
            Single,
            Null,
            Ellipsis,
            Bool,
            Tensor,
            Slice,
        }

        /// <summary>As many whole dimensions as are left.</summary>
        public static TensorIndex Ellipsis = new() { kind = Kind.Ellipsis };

        /// <summary>A new dimension of length one.</summary>
        public static TensorIndex None = new() { kind = Kind.None };

        /// <summary>A new dimension of length one.</summary>
        public static TensorIndex Null = new() { kind = Kind.Null };

        /// <summary>A whole dimension.</summary>
        public static TensorIndex Colon = Slice();

        internal long? start;
        internal long? stop;
        internal long? step;
        internal Kind kind;
        internal Tensor? tensor;

        /// <summary>Every step-th position from start up to stop.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { start = start, stop = stop, step = step, kind = Kind.Slice };

        /// <summary>The positions from start up to end.</summary>
        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);

        /// <summary>The positions of a range.</summary>
        public static TensorIndex Slice(Range range)
        {
            long? start = range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value;
            long? end = !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value;
            return Slice(start, end);
        }

        /// <summary>A new dimension of length one or zero.</summary>
        public static TensorIndex Bool(bool value) => new() { start = value ? 1 : 0, kind = Kind.Bool };

        /// <summary>One position.</summary>
        public static TensorIndex Single(long? index) => new() { start = index, kind = Kind.Single };

        /// <summary>Positions, or a mask.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new() { tensor = tensor, kind = Kind.Tensor };

        /// <summary>One position.</summary>
        public static implicit operator TensorIndex(long value) => Single(value);

        /// <summary>Never called: its presence lets a compiler prefer positions where a number could become either.</summary>
        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException("Should not be called.");

        /// <summary>The positions from start up to end.</summary>
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        /// <summary>The positions of a range.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(range);

        /// <summary>One position, which may be counted from the end.</summary>
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
    }
}
