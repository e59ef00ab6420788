namespace Unreel.Synthesize.Rendering;

/// <summary>A video that is drawn: objects in painter's order (later ones cover earlier ones) whose places are functions of the frame alone.</summary>
internal interface IScene
{
    /// <summary>The number of objects.</summary>
    int Objects { get; }

    /// <summary>What is seen where no object is.</summary>
    Rgb Background { get; }

    /// <summary>Whether all frames are the same.</summary>
    bool IsStill { get; }

    /// <summary>The colour of an object.</summary>
    Rgb Colour(int index);

    /// <summary>Places an object in a frame; false if nothing of it can be seen there.</summary>
    bool TryPlace(int index, int frame, View view, ref Outline outline);
}
