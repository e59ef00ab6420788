using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>The decoded clips that the gate compares on.</summary>
internal sealed class HeldOutClips
{
    private readonly IClipSource _source;
    private readonly ClipPreparation _preparation;
    private readonly int[] _chosen;

    private HeldOutClips(IClipSource source, ClipPreparation preparation, int[] chosen, string? note) =>
        (_source, _preparation, _chosen, Note) = (source, preparation, chosen, note);

    /// <summary>What is to be known of the split; see <see cref="ClipSplit.Note"/>.</summary>
    public string? Note { get; }

    /// <summary>Chooses clips, spread evenly over the held-out ones; over all where the source has no labels to hold out by.</summary>
    /// <exception cref="VideoException">The split is impossible.</exception>
    public static HeldOutClips Choose(IClipSource source, ExportOptions options, ClipPreparation preparation)
    {
        ClipSplit? split = source.Labels.Count > 0 ? ClipSplit.Make(source, options.Split) : null;
        IReadOnlyList<int> all = split?.Test ?? [.. Enumerable.Range(0, source.Items.Count)];
        if (all.Count == 0)
            throw new UsageException($"{options.Clips} has no clips to compare on.");

        int count = Math.Min(options.ParityClips, all.Count);
        int[] chosen = [.. Enumerable.Range(0, count).Select(place => all[(int)((long)place * all.Count / count)])];
        return new HeldOutClips(source, preparation with { Clips = 1, Crops = 1 }, chosen, split?.Note);
    }

    /// <summary>Decodes one view of each.</summary>
    public IReadOnlyList<byte[]> ReadViews(IProgress<StageProgress> progress, CancellationToken ct)
    {
        List<byte[]> views = [];
        foreach (int index in _chosen)
        {
            views.Add(_preparation.Read(_source, index, ct).Pixels);
            progress.Report(new StageProgress("decoding", views.Count, _chosen.Length, "clips"));
        }

        return views;
    }

    /// <summary>How often the model is right on the clips whose label it knows; null where it knows none.</summary>
    public AccuracyRecord? Accuracy(OnnxModel model, IReadOnlyList<byte[]> views, CancellationToken ct)
    {
        int videos = 0, first = 0, firstFive = 0;
        for (int place = 0; place < _chosen.Length; place++)
        {
            int label = LabelOf(model.Contract, _source.Items[_chosen[place]]);
            if (label < 0)
                continue;

            float[] logits = model.Classify(views[place], 1, ct).Logits;
            int rank = logits.Count(other => other > logits[label]);
            videos++;
            first += rank == 0 ? 1 : 0;
            firstFive += rank < 5 ? 1 : 0;
        }

        return videos == 0 ? null : new AccuracyRecord($"{videos} held-out clips, one view each", videos, (double)first / videos, (double)firstFive / videos);
    }

    private int LabelOf(ModelContract contract, ClipItem item)
    {
        if (item.Label < 0)
            return -1;

        for (int label = 0; label < contract.Labels.Count; label++)
        {
            if (contract.Labels[label] == _source.Labels[item.Label])
                return label;
        }

        return -1;
    }
}
