namespace Unreel.Synthesize.Rendering;

/// <summary>What something is painted with.</summary>
internal enum SceneFill
{
    /// <summary>One colour.</summary>
    Solid,

    /// <summary>A texture.</summary>
    Texture,

    /// <summary>A texture multiplied with a colour.</summary>
    TintedTexture,
}

/// <summary>A video that is drawn: objects in painter's order (later ones cover earlier ones) whose places are functions of the frame alone.</summary>
internal interface IScene
{
    /// <summary>The number of objects.</summary>
    int Objects { get; }

    /// <summary>Whether all frames are the same.</summary>
    bool IsStill { get; }

    /// <summary>What objects are painted with.</summary>
    SceneFill ObjectFill => SceneFill.Solid;

    /// <summary>What is seen where no object is: <see cref="SceneFill.Solid"/> or <see cref="SceneFill.Texture"/>.</summary>
    SceneFill BackgroundFill => SceneFill.Solid;

    /// <summary>The colour where no object is.</summary>
    Rgb Background { get; }

    /// <summary>The colour, or tint, of an object.</summary>
    Rgb Colour(int index);

    /// <summary>Places an object in a frame; false if nothing of it can be seen there.</summary>
    bool TryPlace(int index, int frame, View view, ref Outline outline);

    /// <summary>How an object that can be seen in a frame lies there and in another frame.</summary>
    (Pose From, Pose To) Poses(int index, int frame, int other);

    /// <summary>The texture of an object as a frame shows it.</summary>
    TexturePatch Patch(int index, int frame, View view) => throw new NotSupportedException("This scene has no textures.");

    /// <summary>The texture behind all objects.</summary>
    TexturePatch BackgroundPatch(int frame, View view) => throw new NotSupportedException("This scene has no textures.");
}
