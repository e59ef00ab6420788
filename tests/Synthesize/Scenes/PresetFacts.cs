namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>
/// What is known of a shipped set from the paper and the released generator, by the set's name: deliberately not read from the
/// preset, so that a wrong figure in one is found.
/// </summary>
internal sealed record PresetFacts
{
    private static readonly (TextureFamily, int)
        Images = (TextureFamily.Images, 300_000), AllImages = (TextureFamily.Images, 1_300_000), HalfImages = (TextureFamily.Images, 150_000),
        Statistical = (TextureFamily.SpectrumColourWavelet, 300_000), HalfStatistical = (TextureFamily.SpectrumColourWavelet, 150_000),
        Stylegan = (TextureFamily.StyleganOriented, 300_000), HalfStylegan = (TextureFamily.StyleganOriented, 150_000),
        HighFrequency = (TextureFamily.StyleganHighFrequency, 300_000);

    public int Objects { get; private init; }

    /// <summary>Only circles; otherwise six kinds, equally likely.</summary>
    public bool IsCircles { get; private init; }

    /// <summary>The range of initial speeds, pixels a frame.</summary>
    public (double Low, double High) Speed { get; private init; }

    /// <summary>The largest a of (v + a t) t.</summary>
    public double Acceleration { get; private init; }

    public bool Transforms { get; private init; }

    public bool CirclesTransform { get; private init; }

    public int MaxFrames { get; private init; }

    public IReadOnlyList<(TextureFamily Family, int Count)> Pools { get; private init; } = [];

    /// <summary>Whether textures change from frame to frame.</summary>
    public bool IsDynamic { get; private init; }

    /// <summary>Whether objects are cut out of textures, rather than only whole videos being textures.</summary>
    public bool IsCut { get; private init; }

    public bool Tint { get; private init; }

    public SynthesisBackground Background { get; private init; }

    public double StillShare { get; private init; }

    public double RealShare { get; private init; }

    public static PresetFacts Of(string name)
    {
        // Sets cut out of textures were rendered to files by the offline generator, the others while training.
        bool isFilm = name is "dynamic-stylegan-videos" or "dynamic-stylegan-high-frequency-videos";
        bool isCut = Has(name, "crops") || Has(name, "textures");
        bool accelerates = isCut || Has(name, "accelerating") || name.StartsWith("shapes-with-", StringComparison.Ordinal);
        bool transforms = accelerates || Has(name, "transforming");
        return new PresetFacts
        {
            Objects = isFilm ? 0 : 500,
            IsCircles = Has(name, "circles"),
            Speed = name == "static-circles" ? (0, 0) : name.StartsWith("slow-", StringComparison.Ordinal) ? (0.6, 1.5) : (1.2, 3),
            Acceleration = accelerates ? 0.03 : 0,
            Transforms = transforms,
            CirclesTransform = transforms && !isCut,
            MaxFrames = isCut || isFilm ? 199 : 200,
            Pools = PoolsOf(name),
            IsDynamic = Has(name, "dynamic"),
            IsCut = isCut,
            Tint = name.StartsWith("saturated-", StringComparison.Ordinal),
            Background = Has(name, "colour-background") ? SynthesisBackground.Colour
                : Has(name, "image-background") || isFilm ? SynthesisBackground.Image : SynthesisBackground.Black,
            StillShare = Has(name, "with-static") ? 0.05 : 0,
            RealShare = Has(name, "25-percent-real") ? 0.25 : Has(name, "50-percent-real") ? 0.5 : Has(name, "75-percent-real") ? 0.75 : 0,
        };
    }

    private static (TextureFamily, int)[] PoolsOf(string name) => name switch
    {
        "accelerating-and-transforming-image-crops" or "saturated-image-crops" or "image-crops-with-50-percent-real" => [AllImages],
        "image-and-stylegan-crops" => [HalfImages, HalfStylegan],
        "dynamic-stylegan-high-frequency-videos" => [HighFrequency],
        _ when Has(name, "image-and-statistical") => [HalfImages, HalfStatistical],
        _ when Has(name, "stylegan") => [Stylegan],
        _ when Has(name, "image") => [Images],
        _ when Has(name, "textures") => [Statistical],
        _ => [],
    };

    private static bool Has(string name, string part) => name.Contains(part, StringComparison.Ordinal);
}
