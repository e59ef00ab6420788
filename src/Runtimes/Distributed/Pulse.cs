namespace Unreel.Distributed;

/// <summary>Does something every second on a thread of its own: a process whose pool of threads is busy lives all the same.</summary>
internal sealed class Pulse : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ManualResetEventSlim _stop = new();

    public Pulse(string name, Action beat) => new Thread(() => Run(beat)) { IsBackground = true, Name = name }.Start();

    public void Dispose() => _stop.Set();

    private void Run(Action beat)
    {
        while (!_stop.Wait(Interval))
            beat();
    }
}
