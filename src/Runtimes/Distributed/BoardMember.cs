namespace Unreel.Distributed;

/// <summary>A process that is connected to a <see cref="Board"/>.</summary>
internal sealed class BoardMember(FrameStream stream)
{
    /// <summary>The connection.</summary>
    public FrameStream Stream { get; } = stream;

    /// <summary>Who it is; null until it has said so.</summary>
    public Hello? Hello { get; set; }

    /// <summary>Whether it is to be reckoned with no more.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Its rank.</summary>
    public int Rank => Hello!.Name.Rank;

    public void Send(Frame frame)
    {
        try
        {
            Stream.Write(frame);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Whoever cannot be written to is found gone by the thread that reads from it.
        }
    }
}
