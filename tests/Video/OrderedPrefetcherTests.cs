namespace Unreel.Video.Tests;

public class OrderedPrefetcherTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 9)]
    public void Items_come_in_order(int workers, int ahead)
    {
        using var prefetcher = new OrderedPrefetcher<long>(static (number, _) => Work(number), 5, 105, workers, ahead);
        for (long number = 5; number < 105; number++)
            Assert.Equal(number * number, prefetcher.Take(default));
        Assert.Throws<InvalidOperationException>(() => prefetcher.Take(default));

        static long Work(long number)
        {
            Thread.SpinWait((int)(number * 7919 % 5000));
            return number * number;
        }
    }

    [Fact]
    public void No_more_is_made_ahead_than_allowed()
    {
        long made = 0;
        using var prefetcher = new OrderedPrefetcher<long>((number, _) => Interlocked.Increment(ref made), 0, 100, 4, 3);
        for (int taken = 0; taken < 50; taken++)
        {
            prefetcher.Take(default);
            Assert.InRange(Interlocked.Read(ref made), taken + 1, taken + 1 + 3);
        }
    }

    [Fact]
    public void What_making_an_item_throws_is_thrown_where_it_is_taken()
    {
        using var prefetcher = new OrderedPrefetcher<long>(static (number, _) => number == 2 ? throw new VideoException("two") : number, 0, 10, 2, 4);
        Assert.Equal(0, prefetcher.Take(default));
        Assert.Equal(1, prefetcher.Take(default));
        Assert.Equal("two", Assert.Throws<VideoException>(() => prefetcher.Take(default)).Message);
        Assert.Equal("two", Assert.Throws<VideoException>(() => prefetcher.Take(default)).Message);
    }

    [Fact]
    public void Waiting_can_be_cancelled_and_is_counted()
    {
        using var never = new ManualResetEventSlim();
        using var prefetcher = new OrderedPrefetcher<int>((_, stop) => Wait(never, stop), 0, 10, 1, 1);
        using var cancel = new CancellationTokenSource(20);
        Assert.Throws<OperationCanceledException>(() => prefetcher.Take(cancel.Token));
        Assert.True(prefetcher.Waited > TimeSpan.Zero);
        never.Set();
        Assert.Equal(1, prefetcher.Take(default));
    }

    [Fact]
    public void Disposing_stops_the_workers_and_frees_what_was_not_taken()
    {
        int alive = 0;
        using var never = new ManualResetEventSlim();
        var prefetcher = new OrderedPrefetcher<Counted>((number, stop) => number < 3 ? new Counted(() => Interlocked.Decrement(ref alive), Interlocked.Increment(ref alive)) : throw new OperationCanceledException(Wait(never, stop).ToString(System.Globalization.CultureInfo.InvariantCulture)), 0, 10, 2, 5);
        prefetcher.Take(default).Dispose();
        prefetcher.Dispose();
        prefetcher.Dispose();
        Assert.Equal(0, alive);
        Assert.Throws<ObjectDisposedException>(() => prefetcher.Take(default));
    }

    [Fact]
    public void Nothing_to_make_is_fine()
    {
        using var prefetcher = new OrderedPrefetcher<int>(static (_, _) => 0, 3, 3, 2, 2);
        Assert.Throws<InvalidOperationException>(() => prefetcher.Take(default));
    }

    private static int Wait(ManualResetEventSlim signal, CancellationToken stop)
    {
        signal.Wait(stop);
        return 1;
    }

    private sealed class Counted(Action free, int number) : IDisposable
    {
        public int Number => number;

        public void Dispose() => free();
    }
}
