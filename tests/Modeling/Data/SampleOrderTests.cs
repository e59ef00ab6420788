namespace Unreel.Modeling.Tests;

public sealed class SampleOrderTests
{
    [Fact]
    public void Every_epoch_shows_every_item_once_in_another_order()
    {
        var order = new ShuffledOrder(50, seed: 1);
        int[] first = [.. Enumerable.Range(0, 50).Select(number => order.Item(number))];
        int[] second = [.. Enumerable.Range(50, 50).Select(number => order.Item(number))];

        Assert.Equal(Enumerable.Range(0, 50), first.Order());
        Assert.Equal(Enumerable.Range(0, 50), second.Order());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_repeated_order_shows_every_item_so_often_in_a_row()
    {
        var inner = new ShuffledOrder(5, seed: 1);
        var order = new RepeatedOrder(inner, 3);

        Assert.Equal(15, order.EpochSamples);
        Assert.Equal(Enumerable.Range(0, 10).SelectMany(number => Enumerable.Repeat(inner.Item(number), 3)), Enumerable.Range(0, 30).Select(number => order.Item(number)));
    }

    [Fact]
    public void An_item_does_not_depend_on_what_was_asked_before()
    {
        var forward = new ShuffledOrder(7, seed: 1);
        var backward = new ShuffledOrder(7, seed: 1);

        int[] expected = [.. Enumerable.Range(0, 70).Select(number => forward.Item(number))];

        Assert.Equal(expected, Enumerable.Range(0, 70).Reverse().Select(number => backward.Item(number)).Reverse());
    }

    [Fact]
    public void Balanced_classes_come_equally_often()
    {
        int[] labels = [.. Enumerable.Repeat(0, 27), 1, 2, 2];
        var order = new BalancedOrder(labels, seed: 1);

        int[] counts = [.. Enumerable.Range(0, 30).Select(number => labels[order.Item(number)]).GroupBy(label => label).OrderBy(group => group.Key).Select(group => group.Count())];

        Assert.Equal([10, 10, 10], counts);
    }
}
