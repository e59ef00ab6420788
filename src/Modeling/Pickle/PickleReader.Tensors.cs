namespace Unreel.Modeling;

/// <content>Tensors, checked to lie within their storage.</content>
internal sealed partial class PickleReader
{
    private const int MostAxes = 16;

    private PickleTensor Tensor(object?[] arguments)
    {
        if (arguments is not [PickleStorage storage, long offset, PickleTuple size, PickleTuple stride, bool, PickleDictionary, ..] || arguments.Length > 7)
            throw Broken($"the tensor at byte {_at} is not made of storage, offset, size, stride, flag and hooks.");

        (long[] shape, long[] strides) = (Sizes(size), Sizes(stride));
        if (shape.Length != strides.Length || offset < 0)
            throw Broken($"the tensor at byte {_at} has {shape.Length} sizes, {strides.Length} strides and begins at {offset}.");

        CheckRange(storage, offset, shape, strides);
        return new PickleTensor(storage, offset, shape, strides);
    }

    private long[] Sizes(PickleTuple tuple) =>
        tuple.Items.Length <= MostAxes && Array.TrueForAll(tuple.Items, item => item is long and >= 0)
            ? Array.ConvertAll(tuple.Items, item => (long)item!)
            : throw Broken($"sizes and strides at byte {_at} must be at most {MostAxes} whole numbers from 0; found ({string.Join(", ", tuple.Items.Take(MostAxes))}).");

    private void CheckRange(PickleStorage storage, long offset, long[] shape, long[] strides)
    {
        try
        {
            long count = shape.Aggregate(1L, (product, size) => checked(product * size));
            long last = shape.Zip(strides).Aggregate(offset, (sum, axis) => checked(sum + (Math.Max(axis.First - 1, 0) * axis.Second)));

            // A stride of 0 would let few numbers stand for any count of elements.
            if (count == 0 || (count <= storage.Count && last < storage.Count))
                return;
        }
        catch (OverflowException)
        {
            // Said below, as for any other tensor that does not fit.
        }

        throw Broken($"a tensor [{string.Join(", ", shape)}] with strides [{string.Join(", ", strides)}] from {offset} lies outside its storage '{storage.Key}' of {storage.Count} elements.");
    }
}
