using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize.Scenes;

/// <summary>A scene that can be loaded with any video of a set; its memory is reused.</summary>
internal interface ILoadableScene : IScene
{
    /// <summary>Becomes video <paramref name="index"/>.</summary>
    void Load(int index);
}

/// <summary>One unlabelled video: a function of preset, seed and index.</summary>
/// <remarks>
/// Places, forms, colours, paths and transforms have a random stream each with a fixed number of draws an object, so that
/// presets that differ in one of them show the same scenes otherwise, and later additions move nothing.
/// </remarks>
/// <param name="preset">How videos are drawn.</param>
/// <param name="seed">What all random choices are derived from.</param>
/// <param name="textures">The preset's textures; null where it has none.</param>
internal sealed class VideoScene(SynthesisPreset preset, ulong seed, TextureSet? textures = null) : ILoadableScene
{
    private readonly MovingObject[] _objects = new MovingObject[preset.Objects];
    private readonly SynthesisShape[] _shapes = [.. preset.Shapes];
    private readonly TextureChoice[] _textures = new TextureChoice[preset.PaintsTextures ? preset.Objects : 0];
    private TextureChoice _background;
    private bool _isStillTexture;

    /// <inheritdoc/>
    public int Objects => _isStillTexture ? 0 : _objects.Length;

    /// <inheritdoc/>
    public SceneFill ObjectFill { get; } = !preset.PaintsTextures ? SceneFill.Solid : preset.Tint ? SceneFill.TintedTexture : SceneFill.Texture;

    /// <inheritdoc/>
    public SceneFill BackgroundFill => _isStillTexture || preset.Background == SynthesisBackground.Image ? SceneFill.Texture : SceneFill.Solid;

    /// <inheritdoc/>
    public Rgb Background { get; private set; }

    /// <inheritdoc/>
    public bool IsStill => _isStillTexture || ((preset.IsStill || preset.Objects == 0) && textures is null or { IsStill: true });

    /// <summary>The objects in painter's order.</summary>
    public ReadOnlySpan<MovingObject> All => _objects.AsSpan(0, Objects);

    /// <summary>The textures of the objects, in the same order; empty where they have none.</summary>
    public ReadOnlySpan<TextureChoice> AllTextures => _textures;

    /// <summary>The texture behind all objects.</summary>
    public TextureChoice BackgroundTexture => _background;

    private TextureSet Set => textures ?? throw new InvalidOperationException("The preset's textures were not given.");

    /// <summary>The length of a video: the first draw of its own stream.</summary>
    public static int FrameCount(SynthesisPreset preset, ulong seed, int index)
    {
        RandomStream video = Stream("synthesis.video", seed, index);
        return video.NextInt(preset.MinFrames, preset.MaxFrames + 1);
    }

    /// <inheritdoc/>
    public Rgb Colour(int index) => _objects[index].Figure.Colour;

    /// <inheritdoc/>
    public bool TryPlace(int index, int frame, View view, ref Outline outline) => _objects[index].TryPlace(frame, view, ref outline);

    /// <inheritdoc/>
    public (Pose From, Pose To) Poses(int index, int frame, int other) => (_objects[index].PoseAt(frame), _objects[index].PoseAt(other));

    /// <inheritdoc/>
    public TexturePatch Patch(int index, int frame, View view)
    {
        TextureChoice choice = _textures[index];
        return Set.Patch(choice, frame, _objects[index].Texture(frame, Set.Side(choice), view));
    }

    /// <inheritdoc/>
    public TexturePatch BackgroundPatch(int frame, View view) =>
        Set.Patch(_background, _isStillTexture ? 0 : frame, TextureMap.Whole(Set.Side(_background), view));

    /// <inheritdoc/>
    public void Load(int index)
    {
        _isStillTexture = IsStillVideo(index);
        RandomStream places = Stream("synthesis.places", seed, index), forms = Stream("synthesis.forms", seed, index), colours = Stream("synthesis.colours", seed, index);
        RandomStream paths = Stream("synthesis.paths", seed, index), transforms = Stream("synthesis.transforms", seed, index), background = Stream("synthesis.background", seed, index);
        Rgb behind = Rgb.Draw(ref background);
        Background = preset.Background == SynthesisBackground.Colour ? behind : default;
        _background = textures?.Draw(ref background) ?? default;
        foreach (ref MovingObject item in _objects.AsSpan())
        {
            item = default;
            SetForm(ref item, ref places, ref forms, ref colours);
            SetPath(ref item, ref paths);
            if (preset.Transforms)
                SetTransform(ref item, ref transforms);
        }

        RandomStream choices = Stream("synthesis.textures", seed, index);
        foreach (ref TextureChoice choice in _textures.AsSpan())
            choice = Set.Draw(ref choices);
    }

    // Real videos are counted out first; the share is one of all videos.
    private bool IsStillVideo(int index)
    {
        Portion still = new(preset.StillShare / (1 - preset.RealShare));
        return preset.StillShare > 0 && still.Has(index - new Portion(preset.RealShare).CountBefore(index));
    }

    private void SetForm(ref MovingObject item, ref RandomStream places, ref RandomStream forms, ref RandomStream colours)
    {
        // Truncated to whole pixels of 256, as the released generator draws them.
        (item.X, item.Y) = (places.NextUInt32() >> 23, places.NextUInt32() >> 23);
        int radius = RadiusTable.At(Uniform.Next(ref places));
        SynthesisShape shape = _shapes[(int)(Uniform.Next(ref places) * _shapes.Length)];
        item.Pivot = shape == SynthesisShape.Circle ? 0 : radius / 2;
        item.Figure = Figure.Draw(shape, radius, item.Pivot, ref forms);
        item.Figure.Colour = Rgb.Draw(ref colours);
    }

    private void SetPath(ref MovingObject item, ref RandomStream paths)
    {
        (item.DirectionX, item.DirectionY) = Turn.CosSin(Uniform.Next(ref paths));
        item.Speed = preset.SpeedFactor * Uniform.Next(ref paths, preset.MinSpeed, preset.MaxSpeed);
        item.Acceleration = Uniform.Around(ref paths, preset.Acceleration);
        _ = paths.NextUInt32();
        item.FindTurn();
    }

    private void SetTransform(ref MovingObject item, ref RandomStream transforms)
    {
        double rotation = Uniform.Around(ref transforms, preset.Rotation / 360);
        double scaleX = Uniform.Around(ref transforms, preset.Scaling), scaleY = Uniform.Around(ref transforms, preset.Scaling);
        double shearX = Uniform.Around(ref transforms, preset.Shear), shearY = Uniform.Around(ref transforms, preset.Shear);
        bool isCircle = item.Figure.Corners == 0;
        item.Transforms = !isCircle || preset.TransformCircles;
        if (!item.Transforms)
            return;

        (item.Rotation, item.ScaleX, item.ScaleY) = (rotation, scaleX, scaleY);
        if (!isCircle)
            (item.ShearX, item.ShearY) = (shearX, shearY);
    }

    private static RandomStream Stream(string what, ulong seed, int index) => new(seed, what, (ulong)index);
}
