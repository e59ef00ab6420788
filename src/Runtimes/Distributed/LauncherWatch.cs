namespace Unreel.Distributed;

/// <summary>Notices, in a process that a <see cref="Launcher"/> started, that the launcher is no more.</summary>
public static class LauncherWatch
{
    /// <summary>Calls back when the input that the launcher holds open ends.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="ended">Called once, on a thread of its own.</param>
    public static void Start(Stream input, Action ended) => new Thread(() => Wait(input, ended)) { IsBackground = true, Name = "unreel launcher watch" }.Start();

    private static void Wait(Stream input, Action ended)
    {
        byte[] nothing = new byte[1];
        try
        {
            while (input.Read(nothing) > 0)
            {
                // Nobody writes there.
            }
        }
        catch (IOException)
        {
            // As good as its end.
        }

        ended();
    }
}
