using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize.Scenes;

/// <summary>What a recipe of either kind comes to: named videos, each loaded into a scene that is drawn.</summary>
internal abstract class VideoSet
{
    /// <summary>The side of the canvas.</summary>
    public abstract int Size { get; }

    /// <summary>Frames a second.</summary>
    public abstract double FrameRate { get; }

    /// <summary>The labels, empty where videos have none.</summary>
    public abstract IReadOnlyList<string> Labels { get; }

    /// <summary>Makes the set of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="textures">Its textures; null where it has none.</param>
    public static VideoSet Of(SynthesisRecipe recipe, TextureSet? textures) => recipe.Motions is { } motions
        ? new MotionSet(motions, recipe.Seed)
        : new PlainSet(recipe.Videos ?? throw new ArgumentException("The recipe has no preset.", nameof(recipe)), recipe.Seed, textures);

    /// <summary>The name and label of a video; the name is that of its file where the set is written to files.</summary>
    public abstract ClipItem Item(int index);

    /// <summary>The length of a video.</summary>
    public abstract int FrameCount(int index);

    /// <summary>A scene that any video can be loaded into.</summary>
    public abstract ILoadableScene CreateScene();

    private sealed class PlainSet(SynthesisPreset preset, ulong seed, TextureSet? textures) : VideoSet
    {
        public override int Size => preset.Size;

        public override double FrameRate => preset.FrameRate;

        public override IReadOnlyList<string> Labels => [];

        public override ClipItem Item(int index) => new($"v{index:D6}.mp4", -1);

        public override int FrameCount(int index) => VideoScene.FrameCount(preset, seed, index);

        public override ILoadableScene CreateScene() => new VideoScene(preset, seed, textures);
    }

    private sealed class MotionSet(MotionPreset preset, ulong seed) : VideoSet
    {
        private readonly string[] _names =
            [.. preset.Motions.Select(Kebab.Of)];

        private readonly string[] _labels = [.. preset.Motions
            .Select(Kebab.Of)
            .Order(StringComparer.Ordinal)];

        public override int Size => preset.Size;

        public override double FrameRate => preset.FrameRate;

        // The order that a list of files gives them, so that drawing and decoding agree on every label's number.
        public override IReadOnlyList<string> Labels => _labels;

        public override ClipItem Item(int index)
        {
            (int group, int motion) = Math.DivRem(index, _names.Length);
            return new ClipItem($"s{group:D3}_{_names[motion]}.mp4", Array.IndexOf(_labels, _names[motion]));
        }

        public override int FrameCount(int index) => preset.Frames;

        public override ILoadableScene CreateScene() => new MotionScene(preset, seed);
    }
}
