namespace Unreel.Modeling;

/// <summary>A tuple of a pickle.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A list of a pickle.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A dictionary of a pickle, in the order of writing. Keys are texts or whole numbers.</summary>
/// <param name="isOrdered">Whether it is Python's <c>OrderedDict</c>, which may carry attributes.</param>
internal sealed class PickleDictionary(bool isOrdered)
{
    public OrderedDictionary<object, object?> Items { get; } = [];

    public bool IsOrdered { get; } = isOrdered;
}

/// <summary>An object that is known to be harmless and of no interest; nothing of it is kept.</summary>
internal sealed class PickleInert
{
    public static PickleInert Instance { get; } = new();
}

/// <summary>A storage: the numbers that lie in an entry of the archive.</summary>
internal sealed record PickleStorage(TensorType Type, string Key, long Count);

/// <summary>A tensor: a view of a storage, checked to lie within it.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>The number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether the elements lie one after another, row-major.</summary>
    public bool IsContiguous
    {
        get
        {
            long step = 1;
            for (int axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && Strides[axis] != step)
                    return false;
                step *= Shape[axis];
            }

            return true;
        }
    }
}
