using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>
/// The decoded clips that ranges are found on and effects of layers are measured on: from the training side of the split, never those that
/// the model is judged on.
/// </summary>
internal static class CalibrationClips
{
    /// <summary>Decodes one view of each, spread evenly over those there are.</summary>
    /// <param name="source">All clips.</param>
    /// <param name="options">How many, and how they are split.</param>
    /// <param name="preparation">How a video becomes input.</param>
    /// <param name="judged">Numbers of the clips that the model is judged on; a source without labels has no split to tell them by.</param>
    /// <param name="progress">Hears of clips done.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The clips; none where there are none beside those that the model is judged on.</returns>
    public static CalibrationSet Read(IClipSource source, ExportOptions options, ClipPreparation preparation, IReadOnlyCollection<int> judged, IProgress<StageProgress> progress, CancellationToken ct)
    {
        IReadOnlyList<int> side = source.Labels.Count > 0 ? ClipSplit.Make(source, options.Split).Train : [.. Enumerable.Range(0, source.Items.Count)];
        int[] all = [.. side.Except(judged).Order()];
        ClipPreparation single = preparation with { Clips = 1, Crops = 1 };
        List<ReadOnlyMemory<byte>> views = [];
        int count = Math.Min(options.CalibrationClips, all.Length);
        for (int place = 0; place < count; place++)
        {
            views.Add(single.Read(source, all[(int)((long)place * all.Length / count)], ct).Pixels);
            progress.Report(new StageProgress("decoding calibration clips", views.Count, count, "clips"));
        }

        return new CalibrationSet(views, new InputGeometry(preparation.Frames, preparation.Size, preparation.Size));
    }
}
