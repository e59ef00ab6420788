namespace Unreel.Synthesize.Rendering;

/// <summary>
/// A square canvas on which scenes are seen. Scenes are described for 256 pixels; on another canvas every length scales,
/// so that a small canvas shows the same scene.
/// </summary>
internal readonly record struct View(int Side)
{
    /// <summary>The side of the canvas scenes are described for.</summary>
    public const int SceneSide = 256;

    /// <summary>Pixels a scene unit.</summary>
    public double Scale => Side / (double)SceneSide;

    /// <summary>The pixel coordinate of a scene coordinate; pixel 0 of both covers -0.5 to 0.5 of its own scale.</summary>
    public double ToPixels(double scene) => ((scene + 0.5) * Scale) - 0.5;

    /// <summary>Whether a disc around a point of the scene can touch the canvas.</summary>
    public static bool Touches(double x, double y, double reach) =>
        x + reach > -1 && y + reach > -1 && x - reach < SceneSide && y - reach < SceneSide;
}
