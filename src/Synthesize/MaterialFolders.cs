using Unreel.Pipelines;
using Unreel.Synthesize.Files;
using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Where the pools of textures and the real videos of a set lie on this machine.</summary>
/// <param name="Pools">The folder of each pool.</param>
/// <param name="Real">The folder of real videos, or null.</param>
internal sealed record MaterialFolders(IReadOnlyList<string> Pools, string? Real)
{
    /// <summary>Brings the inputs that a recipe needs.</summary>
    /// <exception cref="UsageException">An input is missing or superfluous.</exception>
    public static async Task<MaterialFolders> FetchAsync(SynthesizeOptions options, SynthesisRecipe recipe, IStageContext context, CancellationToken ct)
    {
        Check(options, recipe);
        List<string> pools = [];
        foreach (StageInput pool in options.Textures)
        {
            pools.Add(await context.FetchAsync(pool, ct));
            if (pool.IsPath)
                PoolDescription.Verify(pools[^1]);
        }

        string? real = options.Real is null ? null : await context.FetchAsync(options.Real, ct);
        if (real is not null && !Directory.Exists(real))
            throw new UsageException($"synthesize: real is {options.Real}; expected a folder of videos, or an artifact of them.");

        return new MaterialFolders(pools, real);
    }

    /// <summary>All files, under the names they have in the artifact beside the recipe.</summary>
    /// <exception cref="UsageException">There are more than an artifact can list, or what should be videos are folders of frames.</exception>
    public IReadOnlyList<StageFile> Files()
    {
        List<StageFile> files = [.. Pools.SelectMany((pool, index) => PoolFiles(pool, SynthesisMaterial.PoolFolder(index))), .. Real is null ? [] : RealFiles(Real)];
        return files.Count <= Materialisation.MaxFiles
            ? files
            : throw new UsageException($"synthesize: pools and real videos are {files.Count} files, and an artifact lists at most {Materialisation.MaxFiles}; expected fewer, or materialize: webdataset.");
    }

    private static void Check(SynthesizeOptions options, SynthesisRecipe recipe)
    {
        IReadOnlyList<TextureSource> wanted = recipe.Videos?.Textures ?? [];
        if (options.Textures.Count != wanted.Count)
            throw new UsageException($"synthesize: the preset {recipe.Name} draws from {Words(wanted)}, and textures names {options.Textures.Count}. {Hint(wanted)}");

        bool wantsReal = recipe.Videos is { RealShare: > 0 };
        if (wantsReal && options.Real is null)
            throw new UsageException(FormattableString.Invariant($"synthesize: {recipe.Videos!.RealShare:0.##} of the videos of preset {recipe.Name} are real ones; expected real: a folder of videos."));
        if (!wantsReal && options.Real is not null)
            throw new UsageException($"synthesize: real is {options.Real}, and the preset {recipe.Name} has no real videos; expected a preset with a real_share.");
    }

    private static string Words(IReadOnlyList<TextureSource> wanted) => wanted.Count == 0
        ? "no pool of textures"
        : $"{wanted.Count} {(wanted.Count == 1 ? "pool" : "pools")} of textures ({string.Join(", ", wanted.Select(source => Kebab.Of(source.Family)))})";

    private static string Hint(IReadOnlyList<TextureSource> wanted)
    {
        if (wanted.Count == 0)
            return "Leave textures out.";

        string[] names = [.. wanted.Select((source, index) => $"{Kebab.Of(source.Family)}{(wanted.Count(other => other.Family == source.Family) > 1 ? $"-{index}" : string.Empty)}")];
        IEnumerable<string> makes = wanted.Select((source, index) =>
            $"unreel textures --family {Kebab.Of(source.Family)} {(source.Family == TextureFamily.Images ? "--images FOLDER" : "--count 1000")}{(source.Dynamic ? " --frames 64" : string.Empty)} --name {names[index]}");
        return $"Make {(names.Length == 1 ? "it" : "them")} with: {string.Join("; ", makes)}; then{string.Concat(names.Select(name => $" --textures textures/{name}:latest"))}{(names.Length == 1 ? string.Empty : ", in this order")}.";
    }

    private static IEnumerable<StageFile> PoolFiles(string folder, string below) =>
    [
        new StageFile(Path.Combine(folder, PoolDescription.File), $"{below}/{PoolDescription.File}", "application/json"),
        .. PoolDescription.Read(folder).Files.Select(file => new StageFile(Path.Combine(folder, file.Name), $"{below}/{file.Name}", "application/octet-stream")),
    ];

    private static List<StageFile> RealFiles(string folder)
    {
        using IClipSource videos = ClipDataset.Open(folder, []);
        string list = Path.Combine(folder, ClipDataset.ListFile);
        List<string> names = [.. videos.Items.Select(item => item.Name), .. File.Exists(list) ? [ClipDataset.ListFile] : (string[])[]];
        if (names.Find(name => !File.Exists(Path.Combine(folder, name))) is { } missing)
            throw new UsageException($"synthesize: real is {folder}, and {missing} in it is no video file; expected videos, not folders of frames.");

        return [.. names.Select(name => new StageFile(Path.Combine(folder, name), $"{SynthesisMaterial.RealFolder}/{name}", "application/octet-stream"))];
    }
}
