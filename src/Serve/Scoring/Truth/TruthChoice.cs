namespace Unreel.Serve.Scoring;

/// <summary>Where true labels come from.</summary>
public enum TruthChoice
{
    /// <summary>The list's labels where it has some, else class folders where every video lies in a folder that is one of the model's labels, else nowhere.</summary>
    Auto,

    /// <summary>Nowhere.</summary>
    None,

    /// <summary>The first folder of each video's path that is one of the model's labels.</summary>
    Folders,

    /// <summary>The labels of the list.</summary>
    List,
}
