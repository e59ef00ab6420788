using System.Globalization;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Synthesize.Files;

namespace Unreel.Synthesize;

/// <summary>Makes a set of synthetic videos: by default the recipe that draws them, on request the files too.</summary>
public sealed class SynthesizeStage : IShardedStage<SynthesizeOptions>
{
    /// <summary>The recipe's name in the artifact.</summary>
    public const string RecipeFile = "recipe.json";

    /// <summary>The list's name in an artifact of files: a line <c>path label</c> for each, or <c>path</c> alone where there are no labels; in one of frames <c>folder frames label</c>.</summary>
    public const string ListFile = "clips.csv";

    /// <summary>The name of the picture of the first videos.</summary>
    public const string SheetFile = "contact-sheet.png";

    /// <summary>The name of the film of the first videos, which the registry plays.</summary>
    public const string FilmFile = "preview.mp4";

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(SynthesizeOptions options, IStageContext context, CancellationToken ct)
    {
        SynthesisRecipe recipe = options.ToRecipe();
        MaterialFolders folders = await MaterialFolders.FetchAsync(options, recipe, context, ct);
        return await Task.Run(() => Run(options, recipe, folders, context, ct), ct);
    }

    /// <inheritdoc/>
    public bool CanShard(SynthesizeOptions options) => options.Materialize != SynthesisFiles.None;

    /// <summary>Writes the videos of one part: of the videos, or of the tar shards, every so many-th.</summary>
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> RunShardAsync(SynthesizeOptions options, StageShard shard, IStageContext context, CancellationToken ct)
    {
        SynthesisRecipe recipe = options.ToRecipe();
        MaterialFolders folders = await MaterialFolders.FetchAsync(options, recipe, context, ct);
        return await Task.Run(() => RunShard(options, shard, recipe, folders, context, ct), ct);
    }

    private static string[] RunShard(SynthesizeOptions options, StageShard shard, SynthesisRecipe recipe, MaterialFolders folders, IStageContext context, CancellationToken ct)
    {
        using SynthesisSource source = new(recipe, SynthesisMaterial.Open(recipe, folders.Pools, folders.Real));
        try
        {
            SetWriter writer = Materialisation.Create(options, source, context.WorkFolder);
            writer.ClearUnlessOf(recipe);
            IReadOnlyList<StageFile> files = writer.WritePart(shard, options.Workers, context.Progress, ct);
            // With the mark, or the stage that finds the files would take them for another recipe's.
            return [.. files.Select(file => file.Path).Append(writer.Mark).Select(path => Path.GetRelativePath(context.WorkFolder, path))];
        }
        catch (IOException e)
        {
            throw Unwritten(context, recipe, e);
        }
    }

    private static IOException Unwritten(IStageContext context, SynthesisRecipe recipe, IOException e) =>
        new($"{context.WorkFolder}: {recipe.Name} cannot be written: {e.Message} Finished videos are kept; the next run goes on from there.", e);

    private static StageResult Run(SynthesizeOptions options, SynthesisRecipe recipe, MaterialFolders folders, IStageContext context, CancellationToken ct)
    {
        using SynthesisSource source = new(recipe, SynthesisMaterial.Open(recipe, folders.Pools, folders.Real));
        try
        {
            Directory.CreateDirectory(context.WorkFolder);
            SetWriter? writer = options.Materialize == SynthesisFiles.None ? null : Materialisation.Create(options, source, context.WorkFolder);
            List<StageFile> files = writer is null
                ? [WriteText(context, RecipeFile, recipe.ToJson(), "application/json"), .. folders.Files()]
                : Materialise(writer, options, recipe, source, context, ct);
            files.AddRange(Looks(source, context, ct));
            return Result(recipe, source, writer?.Form ?? "videos, drawn when asked for", files);
        }
        catch (IOException e)
        {
            throw Unwritten(context, recipe, e);
        }
    }

    private static List<StageFile> Materialise(
        SetWriter writer, SynthesizeOptions options, SynthesisRecipe recipe, SynthesisSource source, IStageContext context, CancellationToken ct)
    {
        writer.ClearUnlessOf(recipe);
        IReadOnlyList<StageFile> videos = writer.WriteAll(options.Workers, context.Progress, ct);
        return [.. Materialisation.Lists(options.Materialize, source).Select(list => WriteText(context, list.Name, list.Text, list.MediaType)), .. videos];
    }

    // What people see of the set without opening it.
    private static StageFile[] Looks(SynthesisSource source, IStageContext context, CancellationToken ct)
    {
        string sheet = Path.Combine(context.WorkFolder, SheetFile), film = Path.Combine(context.WorkFolder, FilmFile);
        SynthesisSheet.Write(sheet, source, ct);
        SynthesisFilm.Write(film, SynthesisFilm.First(source), ct);
        return [new StageFile(sheet, SheetFile, "image/png"), new StageFile(film, FilmFile, "video/mp4")];
    }

    private static StageFile WriteText(IStageContext context, string name, string text, string mediaType)
    {
        string path = Path.Combine(context.WorkFolder, name);
        WholeFile.Make(path, part => File.WriteAllText(part, text));
        return new StageFile(path, name, mediaType);
    }

    private static StageResult Result(SynthesisRecipe recipe, SynthesisSource source, string form, List<StageFile> files)
    {
        string labels = source.Labels.Count == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {source.Labels.Count} labels");
        string textures = source.Textures == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", from {source.Textures} textures");
        return new StageResult
        {
            Kind = ArtifactKind.Clips,
            Files = files,
            Seed = recipe.Seed,
            Metrics = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["videos"] = recipe.Count, ["labels"] = source.Labels.Count },
            Summary = string.Create(CultureInfo.InvariantCulture, $"{recipe.Name}: {recipe.Count} {form}, {source.Size}{labels}{textures}"),
        };
    }
}
