namespace Unreel.Testing;

/// <summary>Waits for what other threads are about to do.</summary>
public static class Eventually
{
    /// <summary>Waits until a condition holds; fails after a minute.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        using CancellationTokenSource tooLong = new(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(10, tooLong.Token);
    }
}
