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

    /// <summary>Numbers of the clips in their source.</summary>
    public IReadOnlyList<int> Chosen => _chosen;

    /// <summary>What is to be known of the split; see <see cref="ClipSplit.Note"/>.</summary>
    public string? Note { get; private set; }

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

    /// <summary>Decodes some of them, spread evenly, in other frames and another size.</summary>
    public IReadOnlyList<byte[]> ReadViews(InputGeometry geometry, int most, CancellationToken ct)
    {
        ClipPreparation other = _preparation with { Frames = geometry.Frames, Size = geometry.Height, ShortSide = 0 };
        int count = Math.Min(most, _chosen.Length);
        return [.. Enumerable.Range(0, count).Select(place => other.Read(_source, _chosen[(int)((long)place * _chosen.Length / count)], ct).Pixels)];
    }

    /// <summary>How often the model and the network are right on the clips whose label they know; null where they know none.</summary>
    /// <param name="labels">The classes in the order of the logits.</param>
    /// <param name="model">The model's logits of each clip.</param>
    /// <param name="network">The network's.</param>
    public AccuracyRecord? Accuracy(IReadOnlyList<string> labels, IReadOnlyDictionary<int, float[]> model, IReadOnlyList<float[]> network)
    {
        int videos = 0, first = 0, firstFive = 0, networkFirst = 0;
        for (int place = 0; place < _chosen.Length; place++)
        {
            int label = LabelOf(labels, _source.Items[_chosen[place]]);
            if (label < 0)
                continue;

            int rank = RankOf(label, model[place]);
            videos++;
            first += rank == 0 ? 1 : 0;
            firstFive += rank < 5 ? 1 : 0;
            networkFirst += RankOf(label, network[place]) == 0 ? 1 : 0;
        }

        if (videos == 0 && _source.Labels.Count > 0)
            Note = $"{Note} Accuracy was not compared: no clip has a label that the model knows; the clips' are {string.Join(", ", _source.Labels.Take(5))}, the model's {string.Join(", ", labels.Take(5))}.".TrimStart();
        return videos == 0
            ? null
            : new AccuracyRecord($"{videos} held-out clips, one view each", videos, (double)first / videos, (double)firstFive / videos) { NetworkTop1 = (double)networkFirst / videos };
    }

    private static int RankOf(int label, float[] logits) => logits.Count(other => other > logits[label]);

    private int LabelOf(IReadOnlyList<string> labels, ClipItem item)
    {
        if (item.Label < 0)
            return -1;

        for (int label = 0; label < labels.Count; label++)
        {
            if (labels[label] == _source.Labels[item.Label])
                return label;
        }

        return -1;
    }
}
