using System.Runtime.CompilerServices;
using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Op _index = new("index", "Tensor");
        private static readonly Op _indexPut = new("index_put_");

        /// <summary>What the places in the brackets name, as in Python.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>Elements named by index tensors or masks, one for each dimension from the first.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>One slice of the first dimension.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, (TensorIndex)i1);
        }

        /// <summary>One slice of the first two dimensions.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, (TensorIndex)i1, (TensorIndex)i2);
        }

        /// <summary>One slice of the first three dimensions.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => index_put_(value, (TensorIndex)i1, (TensorIndex)i2, (TensorIndex)i3);
        }

        /// <summary>One slice of the first dimensions.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index([.. indices.Select(TensorIndex (i) => i)]);
            set => index_put_(value, [.. indices.Select(TensorIndex (i) => i)]);
        }

        /// <summary>What the places name, as in Python.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            var picked = Pick(indices, out var tensors);
            if (tensors is null)
                return ReferenceEquals(picked, this) ? alias() : picked;
            var result = _index.One(picked, tensors);
            Drop(picked);
            return result;
        }

        /// <summary>Elements named by index tensors or masks.</summary>
        public Tensor index(params Tensor[] indices) => index([.. indices.Select(TensorIndex.Tensor)]);

        /// <summary>Writes to what the places name.</summary>
        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Put(value, indices, false);

        /// <summary>Writes to, or adds to, what the places name.</summary>
        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false) => Put(value, indices, accumulate);

        /// <summary>Writes to elements named by index tensors or masks.</summary>
        public Tensor index_put_(Tensor value, params Tensor[] indices) =>
            Put(value, [.. indices.Select(TensorIndex.Tensor)], false);

        /// <summary>Writes one number to what the places name.</summary>
        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var number = full([], value, dtype, device);
            return Put(number, indices, false);
        }

        private Tensor Put(Tensor value, TensorIndex[] indices, bool accumulate)
        {
            var picked = Pick(indices, out var tensors);
            if (tensors is not null)
                _indexPut.Do(picked, tensors, value, accumulate);
            else if (accumulate)
                picked.add_(value);
            else
                picked.copy_(value);
            Drop(picked);
            return this;
        }

        private void Drop(Tensor picked)
        {
            if (!ReferenceEquals(picked, this))
                picked.Dispose();
        }

        /// <summary>Follows every place that needs no copy; index tensors are left, each at its dimension.</summary>
        private Tensor Pick(TensorIndex[] indices, out Tensor?[]? tensors)
        {
            var view = this;
            var dimension = 0L;
            var left = new List<Tensor?>();
            var taken = indices.Sum(Consumed);
            foreach (var place in indices)
            {
                var next = Step(view, place, ref dimension, taken, left);
                if (!ReferenceEquals(next, view))
                    Drop(view);
                view = next;
            }

            tensors = left.Exists(tensor => tensor is not null) ? [.. left] : null;
            return view;
        }

        private Tensor Step(Tensor view, TensorIndex place, ref long dimension, long taken, List<Tensor?> left)
        {
            switch (place.kind)
            {
                case TensorIndex.Kind.Single:
                    return view.select(dimension, place.start.GetValueOrDefault());
                case TensorIndex.Kind.Slice:
                    var sliced = IsWhole(place) ? view : Sliced(view, dimension, place);
                    dimension++;
                    return sliced;
                case TensorIndex.Kind.Ellipsis:
                    dimension += Dimensions - taken;
                    return view;
                case TensorIndex.Kind.None or TensorIndex.Kind.Null:
                    return view.unsqueeze(dimension++);
                case TensorIndex.Kind.Tensor:
                    // A mask of k dimensions fills one slot, which the operator itself widens to k.
                    var widened = left.Sum(tensor => tensor is null ? 0 : Consumed(TensorIndex.Tensor(tensor)) - 1);
                    while (left.Count < dimension - widened)
                        left.Add(null);
                    left.Add(Positions(place.tensor!));
                    dimension += Consumed(place);
                    return view;
                default:
                    throw new NotSupportedException("This subset does not index by a truth value; use a mask tensor.");
            }
        }

        /// <summary>libtorch before 2.1 indexes by 64-bit integers alone.</summary>
        private static Tensor Positions(Tensor tensor) =>
            tensor.dtype is ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 ? tensor.to(ScalarType.Int64) : tensor;

        private static bool IsWhole(TensorIndex place) => place.start is null && place.stop is null && place.step is null;

        private static Tensor Sliced(Tensor view, long dimension, TensorIndex place) =>
            _sliceTensor.One(view, dimension, place.start, place.stop, place.step ?? 1);

        private static long Consumed(TensorIndex place) => place.kind switch
        {
            TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
            TensorIndex.Kind.Tensor => place.tensor!.dtype == ScalarType.Bool ? place.tensor.Dimensions : 1,
            _ => 0,
        };

    }
}
