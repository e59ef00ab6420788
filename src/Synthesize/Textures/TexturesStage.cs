using System.Globalization;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Synthesize.Files;
using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Makes a pool of textures, once, for any number of sets of videos.</summary>
public sealed class TexturesStage : IStage<TexturesOptions>
{
    /// <summary>The name of the picture of the first textures.</summary>
    public const string SheetFile = "contact-sheet.png";

    private const int SheetRows = 8, SheetColumns = 8, SheetCell = 128;

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(TexturesOptions options, IStageContext context, CancellationToken ct)
    {
        string? folder = options.Images is null ? null : await context.FetchAsync(options.Images, ct);
        return await Task.Run(() => Run(options, folder, context, ct), ct);
    }

    private static StageResult Run(TexturesOptions options, string? images, IStageContext context, CancellationToken ct)
    {
        IReadOnlyList<string>? pictures = images is null ? null : PicturePainter.Choose(images, options.Count, options.Seed);
        PoolDescription plan = Plan(options, pictures?.Count ?? options.Count!.Value);
        CheckRoom(plan, context.WorkFolder);
        try
        {
            PoolWriter writer = new(context.WorkFolder, plan, options.Seed, () => pictures is null
                ? TexturePainters.Synthetic(options.Family, options.Step)
                : new PicturePainter(pictures, plan.Side));
            PoolDescription pool = writer.WriteAll(options.Workers, context.Progress, ct);
            WholeFile.Make(Path.Combine(context.WorkFolder, PoolDescription.File), part => File.WriteAllText(part, pool.ToJson()));
            WriteSheet(context.WorkFolder);
            return Result(options, pool, context.WorkFolder);
        }
        catch (IOException e)
        {
            throw new IOException($"{context.WorkFolder}: textures cannot be written: {e.Message} Finished files are kept; the next run goes on from there.", e);
        }
    }

    // Hours of drawing should not end with what could be known before.
    private static void CheckRoom(PoolDescription plan, string folder)
    {
        if (plan.FileCount + 2 > Materialisation.MaxFiles)
            throw new UsageException($"textures: {plan.Count} textures are {plan.FileCount} files, and an artifact lists at most {Materialisation.MaxFiles}; expected fewer, or several pools.");

        Directory.CreateDirectory(folder);
        long there = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length), needed = (plan.Count * plan.TextureBytes) - there, free = new DriveInfo(folder).AvailableFreeSpace;
        if (needed > free)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{folder}: textures cannot be written: the pool needs {needed / 1e9:0.###} GB more, and {free / 1e9:0.###} GB are free."));
    }

    private static PoolDescription Plan(TexturesOptions options, int count)
    {
        PoolDescription plan = new()
        {
            Format = PoolDescription.CurrentFormat,
            Family = options.Family,
            Count = count,
            Frames = options.Frames,
            Side = options.Size ?? TexturePainter.Side,
            PerFile = 1,
            Files = [],
        };
        return plan with { PerFile = PoolWriter.PerFile(plan.TextureBytes) };
    }

    // Of textures that change, a row each; of others as many as there is room for.
    private static void WriteSheet(string folder)
    {
        using FileTexturePool pool = FileTexturePool.Open(folder);
        int perRow = pool.Frames > 1 ? 1 : SheetColumns, rows = Math.Min(SheetRows, (pool.Count + perRow - 1) / perRow);
        ContactSheet.Write(Path.Combine(folder, SheetFile), [.. Enumerable.Range(0, rows).Select(row => Row(pool, row))], SheetColumns);
    }

    private static Clip Row(TexturePool pool, int row)
    {
        FrameSize full = new(pool.Side, pool.Side), cell = new(SheetCell, SheetCell);
        Clip clip = new(SheetColumns, cell);
        for (int i = 0; i < SheetColumns; i++)
        {
            (int texture, int frame) = pool.Frames > 1 ? (row, i * (pool.Frames - 1) / (SheetColumns - 1)) : ((row * SheetColumns) + i, 0);
            if (texture < pool.Count)
                Resizer.Resize(pool.Texels(texture, frame), full, CropBox.Whole(full), clip.Frame(i), cell);
        }

        return clip;
    }

    private static StageResult Result(TexturesOptions options, PoolDescription pool, string folder) => new()
    {
        Kind = ArtifactKind.Textures,
        Files =
        [
            new StageFile(Path.Combine(folder, PoolDescription.File), PoolDescription.File, "application/json"),
            .. pool.Files.Select(file => new StageFile(Path.Combine(folder, file.Name), file.Name, "application/octet-stream")),
            new StageFile(Path.Combine(folder, SheetFile), SheetFile, "image/png"),
        ],
        Seed = options.Seed,
        Metrics = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["textures"] = pool.Count, ["frames"] = pool.Frames },
        Summary = string.Create(CultureInfo.InvariantCulture, $"{pool.Count} {Kebab.Of(pool.Family)} textures, {pool.Side}x{pool.Side}{(pool.Frames > 1 ? $", {pool.Frames} frames each" : string.Empty)}"),
    };
}
