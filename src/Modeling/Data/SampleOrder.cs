using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>Says which item sample n is. A pure function of seed and number, safe for many threads.</summary>
public interface ISampleOrder
{
    /// <summary>Samples of an epoch.</summary>
    int EpochSamples { get; }

    /// <summary>The item that sample <paramref name="number"/> shows, counted from 0 over all epochs.</summary>
    int Item(long number);
}

/// <summary>Every item once an epoch, each epoch in an order of its own.</summary>
/// <param name="items">The number of items, at least 1.</param>
/// <param name="seed">The seed.</param>
public sealed class ShuffledOrder(int items, ulong seed) : ISampleOrder
{
    private readonly EpochOrders _orders = new(epoch => Shuffled(items, seed, epoch));

    /// <inheritdoc/>
    public int EpochSamples => items;

    /// <inheritdoc/>
    public int Item(long number) => _orders.Get(number / items)[number % items];

    internal static int[] Shuffled(int items, ulong seed, long epoch)
    {
        int[] order = [.. Enumerable.Range(0, items)];
        var random = new RandomStream(seed, "order", (ulong)epoch);
        random.Shuffle(order.AsSpan());
        return order;
    }
}

/// <summary>Every class equally often: an epoch has as many samples as there are items, classes take turns in a random order.</summary>
public sealed class BalancedOrder : ISampleOrder
{
    private readonly int[][] _classes;
    private readonly EpochOrders _orders;

    /// <summary>Groups items by label.</summary>
    /// <param name="labels">The label of each item.</param>
    /// <param name="seed">The seed.</param>
    public BalancedOrder(IReadOnlyList<int> labels, ulong seed)
    {
        EpochSamples = labels.Count;
        _classes = [.. labels.Select((label, item) => (label, item)).GroupBy(pair => pair.label).OrderBy(group => group.Key).Select(group => group.Select(pair => pair.item).ToArray())];
        _orders = new EpochOrders(epoch => Balanced(seed, epoch));
    }

    /// <inheritdoc/>
    public int EpochSamples { get; }

    /// <inheritdoc/>
    public int Item(long number) => _orders.Get(number / EpochSamples)[number % EpochSamples];

    private int[] Balanced(ulong seed, long epoch)
    {
        var random = new RandomStream(seed, "balanced order", (ulong)epoch);
        int[] order = new int[EpochSamples];
        int[] turn = [.. Enumerable.Range(0, _classes.Length)];
        for (int sample = 0; sample < order.Length; sample++)
        {
            if (sample % turn.Length == 0)
                random.Shuffle(turn.AsSpan());
            int[] items = _classes[turn[sample % turn.Length]];
            order[sample] = items[random.NextInt(items.Length)];
        }

        return order;
    }
}

/// <summary>
/// Every item of another order several times in a row, so that a video is read into a step by several clips at once
/// (Hoffer et al., "Augment your batch", 2020; VideoMAE's repeated augmentation and V2's repeated sampling).
/// </summary>
/// <param name="inner">The order.</param>
/// <param name="times">How often each item comes, at least 1.</param>
public sealed class RepeatedOrder(ISampleOrder inner, int times) : ISampleOrder
{
    /// <inheritdoc/>
    public int EpochSamples => checked(inner.EpochSamples * times);

    /// <inheritdoc/>
    public int Item(long number) => inner.Item(number / times);
}

/// <summary>Keeps the orders of the epochs that are being read.</summary>
internal sealed class EpochOrders(Func<long, int[]> make)
{
    private const int Kept = 4;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, int[]> _orders = [];

    public int[] Get(long epoch)
    {
        lock (_gate)
        {
            if (!_orders.TryGetValue(epoch, out int[]? order))
            {
                _orders[epoch] = order = make(epoch);
                if (_orders.Count > Kept)
                    _orders.Remove(_orders.Keys.First());
            }

            return order;
        }
    }
}
