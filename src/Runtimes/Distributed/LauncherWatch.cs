namespace Unreel.Distributed;

/// <summary>Notices, in a process that a <see cref="Launcher"/> started, that the launcher is no more.</summary>
public sealed class LauncherWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stream _input;
    private readonly Action _ended;
    private bool _isOver;

    private LauncherWatch(Stream input, Action ended) => (_input, _ended) = (input, ended);

    /// <summary>Calls back when the input that the launcher holds open ends.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="ended">Called at most once, on a thread of its own, and not after this is disposed of.</param>
    public static LauncherWatch Start(Stream input, Action ended)
    {
        LauncherWatch watch = new(input, ended);
        new Thread(watch.Wait) { IsBackground = true, Name = "unreel launcher watch" }.Start();
        return watch;
    }

    /// <summary>Calls back no more.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isOver = true;
    }

    private void Wait()
    {
        byte[] nothing = new byte[1];
        try
        {
            while (_input.Read(nothing) > 0)
            {
                // Nobody writes there.
            }
        }
        catch (IOException)
        {
            // As good as its end.
        }

        lock (_gate)
        {
            if (!_isOver)
                _ended();
        }
    }
}
