using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Unreel.Artifacts;

namespace Unreel.Serve.Tests.Registry;

/// <summary>Artifacts by the hundred thousand, which no store has to hold: of each kind, versions under many names, in chains of lineage.</summary>
internal static class ManyArtifacts
{
    private static readonly string[] Stages = ["synthesize", "pretrain", "finetune", "export", "evaluate", "score"];
    private static readonly ArtifactKind[] Kinds = [ArtifactKind.Clips, ArtifactKind.Weights, ArtifactKind.Weights, ArtifactKind.Onnx, ArtifactKind.Report, ArtifactKind.Scores];

    /// <summary>The entries of an index; every sixth begins a chain.</summary>
    public static IndexSnapshot Snapshot(int count)
    {
        List<IndexEntry> entries = [];
        DateTimeOffset began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int number = 0; number < count; number++)
        {
            int stage = number % Stages.Length;
            IndexEntry? before = stage == 0 ? null : entries[^1];
            entries.Add(new IndexEntry
            {
                Reference = new ArtifactRef(Kinds[stage], string.Create(CultureInfo.InvariantCulture, $"model-{number / 600}-{Stages[stage]}"), Digest.Of(BitConverter.GetBytes(number))),
                Made = began.AddSeconds(number),
                Stage = Stages[stage],
                Size = number * 1000L,
                Files = 5,
                Inputs = before is null ? [] : [new LineageInput("input", before.Reference.ToString(), before.Reference.Digest)],
                Metrics = new SortedDictionary<string, double> { ["loss"] = 1.0 / (number + 1), ["top1"] = number % 1000 / 1000.0 },
            });
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Reference.ToString(), b.Reference.ToString()));
        Tag[] tags = [.. entries.GroupBy(entry => (entry.Reference.Kind, entry.Reference.Name)).Select(group => group.Last().Reference).Select(artifact => new Tag(artifact.Kind, artifact.Name, "latest", artifact.Digest, "1"))];
        return Make(entries, tags, Digest.Of(Encoding.ASCII.GetBytes("many")).Hex[..16]);
    }

    // The index makes its snapshots itself; a test needs one without a store.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern IndexSnapshot Make(IReadOnlyList<IndexEntry> entries, IReadOnlyList<Tag> tags, string version);
}
