using System.Globalization;
using System.Text;
using Unreel.Pipelines;

namespace Unreel.Synthesize.Files;

/// <summary>Writes a recipe's videos in the form that was asked for, with the lists that say what they are.</summary>
internal static class Materialisation
{
    /// <summary>The most files an artifact can list: a manifest has at most 4 MiB, and a file takes up to 230 bytes of it.</summary>
    public const int MaxFiles = 16_000;

    /// <summary>The name of the list of labels where other lists have their numbers: a line each, in order.</summary>
    public const string LabelsFile = "labels.txt";

    /// <summary>Makes a writer.</summary>
    /// <exception cref="UsageException">There would be more files than an artifact can list.</exception>
    public static SetWriter Create(SynthesizeOptions options, SynthesisSource source, string workFolder)
    {
        long files = options.Materialize switch
        {
            SynthesisFiles.Mp4 => source.Items.Count,
            SynthesisFiles.Frames => Enumerable.Range(0, source.Items.Count).Sum(index => (long)source.FrameCount(index)),
            _ => (source.Items.Count + (long)options.VideosAShard - 1) / options.VideosAShard,
        };
        if (files > MaxFiles)
            throw TooMany(options, source, files);

        return options.Materialize switch
        {
            SynthesisFiles.Mp4 => new Mp4Writer(source, Path.Combine(workFolder, "videos")),
            SynthesisFiles.Frames => new FrameWriter(source, Path.Combine(workFolder, "frames")),
            _ => new ShardWriter(source, Path.Combine(workFolder, string.Create(CultureInfo.InvariantCulture, $"shards-{options.VideosAShard}")), options.VideosAShard),
        };
    }

    /// <summary>The lists by name: <see cref="SynthesizeStage.ListFile"/> for files and folders, <see cref="LabelsFile"/> where labels are written as numbers.</summary>
    public static IEnumerable<(string Name, string Text, string MediaType)> Lists(SynthesisFiles form, SynthesisSource source)
    {
        if (form == SynthesisFiles.Mp4)
            yield return (SynthesizeStage.ListFile, Lines(source, index => source.Items[index].Name, label => source.Labels[label]), "text/csv");
        if (form == SynthesisFiles.Frames)
            yield return (SynthesizeStage.ListFile, Lines(source, index => $"{Path.GetFileNameWithoutExtension(source.Items[index].Name)} {source.FrameCount(index)}", Number), "text/csv");
        if (form != SynthesisFiles.Mp4 && source.Labels.Count > 0)
            yield return (LabelsFile, string.Concat(source.Labels.Select(label => label + "\n")), "text/plain");
    }

    private static string Lines(SynthesisSource source, Func<int, string> first, Func<int, string> labelText)
    {
        StringBuilder text = new();
        for (int index = 0; index < source.Items.Count; index++)
        {
            text.Append(first(index));
            if (source.Items[index].Label is >= 0 and var label)
                text.Append(' ').Append(labelText(label));

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Number(int label) => label.ToString(CultureInfo.InvariantCulture);

    private static UsageException TooMany(SynthesizeOptions options, SynthesisSource source, long files)
    {
        string what = options.Materialize switch
        {
            SynthesisFiles.Mp4 => "materialize: mp4",
            SynthesisFiles.Frames => "materialize: frames",
            _ => string.Create(CultureInfo.InvariantCulture, $"shard_size: {options.VideosAShard}"),
        };
        string remedy = options.Materialize == SynthesisFiles.Webdataset ? "Make the shards larger." : "materialize: webdataset packs many videos into a file.";
        return new UsageException(string.Create(CultureInfo.InvariantCulture,
            $"synthesize: {source.Items.Count} videos with {what} are {files} files; an artifact lists at most {MaxFiles}. {remedy}"));
    }
}
