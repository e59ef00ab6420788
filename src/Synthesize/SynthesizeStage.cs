using System.Globalization;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Makes a set of synthetic videos: by default the recipe that draws them, on request the files too.</summary>
public sealed class SynthesizeStage : IStage<SynthesizeOptions>
{
    /// <summary>The recipe's name in the artifact.</summary>
    public const string RecipeFile = "recipe.json";

    /// <summary>The list's name in an artifact of files: a line <c>path label</c> for each, or <c>path</c> alone where there are no labels.</summary>
    public const string ListFile = "clips.csv";

    /// <summary>The name of the picture of the first videos.</summary>
    public const string SheetFile = "contact-sheet.png";

    /// <inheritdoc/>
    public Task<StageResult> RunAsync(SynthesizeOptions options, IStageContext context, CancellationToken ct) =>
        Task.Run(() => Run(options, context, ct), ct);

    private static StageResult Run(SynthesizeOptions options, IStageContext context, CancellationToken ct)
    {
        SynthesisRecipe recipe = options.ToRecipe();
        using SynthesisSource source = new(recipe);
        try
        {
            Directory.CreateDirectory(context.WorkFolder);
            List<StageFile> files = options.Materialize == SynthesisFiles.Mp4
                ? Encode(options, recipe, source, context, ct)
                : [WriteText(context, RecipeFile, recipe.ToJson(), "application/json")];
            string sheet = Path.Combine(context.WorkFolder, SheetFile);
            SynthesisSheet.Write(sheet, source, ct);
            files.Add(new StageFile(sheet, SheetFile, "image/png"));
            return Result(options, recipe, source, files);
        }
        catch (IOException e)
        {
            throw new VideoException($"{context.WorkFolder}: {recipe.Name} cannot be written: {e.Message} Finished videos are kept; run again when there is room.", e);
        }
    }

    private static List<StageFile> Encode(SynthesizeOptions options, SynthesisRecipe recipe, SynthesisSource source, IStageContext context, CancellationToken ct)
    {
        string folder = Path.Combine(context.WorkFolder, "videos");
        ClearUnlessOf(recipe, folder, context);
        SynthesisEncoder encoder = new(source, folder);
        encoder.WriteAll(options.Workers == 0 ? Environment.ProcessorCount : options.Workers, context.Progress, ct);

        string list = string.Concat(source.Items.Select(item => item.Label < 0 ? $"{item.Name}\n" : $"{item.Name} {source.Labels[item.Label]}\n"));
        return
        [
            WriteText(context, ListFile, list, "text/csv"),
            .. source.Items.Select((item, index) => new StageFile(encoder.PathOf(index), item.Name, "video/mp4")),
        ];
    }

    // Files of another recipe bear the same names.
    private static void ClearUnlessOf(SynthesisRecipe recipe, string folder, IStageContext context)
    {
        string path = Path.Combine(context.WorkFolder, RecipeFile), text = recipe.ToJson();
        if (Directory.Exists(folder) && (!File.Exists(path) || File.ReadAllText(path) != text))
            Directory.Delete(folder, recursive: true);

        _ = WriteText(context, RecipeFile, text, "application/json");
    }

    // Under its own name only once it is whole.
    private static StageFile WriteText(IStageContext context, string name, string text, string mediaType)
    {
        string path = Path.Combine(context.WorkFolder, name);
        File.WriteAllText(path + ".part", text);
        File.Move(path + ".part", path, overwrite: true);
        return new StageFile(path, name, mediaType);
    }

    private static StageResult Result(SynthesizeOptions options, SynthesisRecipe recipe, SynthesisSource source, List<StageFile> files)
    {
        string form = options.Materialize == SynthesisFiles.Mp4 ? "MP4 files" : "videos, drawn when asked for";
        string labels = source.Labels.Count == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {source.Labels.Count} labels");
        return new StageResult
        {
            Kind = ArtifactKind.Clips,
            Files = files,
            Seed = recipe.Seed,
            Metrics = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["videos"] = recipe.Count, ["labels"] = source.Labels.Count },
            Summary = string.Create(CultureInfo.InvariantCulture, $"{recipe.Name}: {recipe.Count} {form}, {source.Size}{labels}"),
        };
    }
}
