using System.ComponentModel.DataAnnotations;
using Unreel.Pipelines;

namespace Unreel.Synthesize;

/// <summary>What the artifact holds.</summary>
public enum SynthesisFiles
{
    /// <summary>The recipe alone, a few kilobytes; videos are drawn when they are asked for.</summary>
    None,

    /// <summary>A H.264 file for every video and <c>clips.csv</c>, lines <c>path label</c>, for other tools.</summary>
    Mp4,

    /// <summary>
    /// A folder of PNG files for every video and <c>clips.csv</c>, lines <c>folder frames label</c> with the label's number in
    /// <c>labels.txt</c>: the lists of "rawframes" that trainers on frames read. Lossless, for small sets.
    /// </summary>
    Frames,

    /// <summary>Tar shards of MP4 files with their labels, as PyTorch's WebDataset reads them; for sets of any size.</summary>
    Webdataset,
}

/// <summary>Everything that decides a set of synthetic videos.</summary>
public sealed record SynthesizeOptions
{
    /// <summary>Unlabelled videos to pre-train on, or videos labelled with their motion. Default videos.</summary>
    public SynthesisKind Kind { get; init; }

    /// <summary>
    /// A shipped preset's name. Default <c>accelerating-and-transforming-shapes</c> for videos
    /// and <c>motions</c> for labelled ones.
    /// </summary>
    public string? Preset { get; init; }

    /// <summary>A preset of your own, a YAML file; in place of a shipped one. Default none.</summary>
    public FileInfo? PresetFile { get; init; }

    /// <summary>The number of videos, 1 to 10 million. Labelled ones come in groups of one a label; a last group may be incomplete.</summary>
    [Range(1, 10_000_000)]
    public required int Count { get; init; }

    /// <summary>What all random choices are derived from. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The side of the canvas in pixels; the same scenes on a smaller or larger one. Default the preset's. 16 to 2048.</summary>
    [Range(16, 2048)]
    public int? Size { get; init; }

    /// <summary>Objects an unlabelled video. Default the preset's. 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int? Objects { get; init; }

    /// <summary>Frames of every video, instead of the preset's lengths. 2 to 10,000.</summary>
    [Range(2, 10_000)]
    public int? Frames { get; init; }

    /// <summary>
    /// Pools of textures (see the stage <c>textures</c>), one for each entry of the preset's <c>textures</c>, in their order.
    /// A set of recipe alone holds its pools too; in a store they are the same files. Default none.
    /// </summary>
    public IReadOnlyList<StageInput> Textures { get; init; } = [];

    /// <summary>
    /// Real videos, for presets with a <c>real_share</c>: a folder of videos or of class folders, or an artifact of them. A set of recipe
    /// alone takes them all into its artifact. Default none.
    /// </summary>
    public StageInput? Real { get; init; }

    /// <summary>
    /// What is written: <c>none</c> (default), the recipe alone, drawn from by training; <c>mp4</c> files; <c>frames</c>, folders of PNG
    /// files; <c>webdataset</c>, tar shards for PyTorch.
    /// </summary>
    public SynthesisFiles Materialize { get; init; }

    /// <summary>Videos a tar shard, with materialize: webdataset only. Default 1000. 1 to 1 million.</summary>
    [Range(1, 1_000_000)]
    public int? ShardSize { get; init; }

    /// <summary>Threads that write files, 0 for one a core. Default 0. The bytes do not depend on it.</summary>
    [RunOnly]
    [Range(0, 1024)]
    public int Workers { get; init; }

    /// <summary>Reads the preset and applies what these options change of it.</summary>
    /// <exception cref="UsageException">An option is out of its range or does not fit the others, or the preset is not there or wrong.</exception>
    public SynthesisRecipe ToRecipe()
    {
        if (PresetRules.Check(this) is [string failure, ..])
            throw new UsageException($"synthesize: {failure}");

        if (Preset is { } name && PresetLibrary.IsPath(name))
            throw new UsageException($"synthesize: preset is '{name}'; expected a shipped preset's name. A file of your own is named by preset_file.");

        if (Preset is not null && PresetFile is not null)
            throw new UsageException($"synthesize: preset is '{Preset}' and preset_file {PresetFile}; expected one of the two.");

        string preset = PresetFile?.FullName ?? Preset ?? (Kind == SynthesisKind.Motions ? "motions" : "accelerating-and-transforming-shapes");
        SynthesisRecipe recipe = new() { Name = PresetLibrary.NameOf(preset), Seed = Seed, Count = Count };
        recipe = Kind == SynthesisKind.Motions
            ? recipe with { Motions = Changed(PresetLibrary.ReadMotions(preset)) }
            : recipe with { Videos = Changed(PresetLibrary.ReadVideos(preset)) };

        CheckFiles(recipe.Motions?.Size ?? recipe.Videos!.Size);
        return recipe;
    }

    /// <summary>Videos a tar shard, where there are any.</summary>
    internal int VideosAShard => ShardSize ?? 1000;

    private void CheckFiles(int size)
    {
        if (Materialize is SynthesisFiles.Mp4 or SynthesisFiles.Webdataset && size % 2 != 0)
            throw new UsageException($"synthesize: size is {size}; expected an even one for MP4 files, in which two pixels share a colour.");

        if (ShardSize is { } videos && Materialize != SynthesisFiles.Webdataset)
            throw new UsageException($"synthesize: shard_size is {videos}, which only materialize: webdataset has.");
    }

    private SynthesisPreset Changed(SynthesisPreset preset) => preset with
    {
        Size = Size ?? preset.Size,
        Objects = Objects ?? preset.Objects,
        MinFrames = Frames ?? preset.MinFrames,
        MaxFrames = Frames ?? preset.MaxFrames,
    };

    private MotionPreset Changed(MotionPreset preset) => Objects is null
        ? preset with { Size = Size ?? preset.Size, Frames = Frames ?? preset.Frames }
        : throw new UsageException($"synthesize: objects is {Objects}, which only kind: videos has; a preset of labelled videos says min_objects, max_objects and clutter.");
}
