namespace Unreel.Video;

/// <summary>A video or a set of videos cannot be used; the message names it, what was expected and what was found.</summary>
public class VideoException : Exception
{
    /// <summary>Makes the error.</summary>
    public VideoException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
