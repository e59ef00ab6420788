using System.Globalization;
using System.Reflection;
using Unreel.Artifacts;

namespace Unreel.Serve.Tests.Registry;

/// <summary>A store of artifacts by the hundred thousand that keeps none of them: of each stage, versions under many names, in chains of lineage.</summary>
public class ManyArtifacts : DispatchProxy
{
    private static readonly string[] Stages = ["synthesize", "pretrain", "finetune", "export", "evaluate", "score"];
    private static readonly ArtifactKind[] Kinds = [ArtifactKind.Clips, ArtifactKind.Weights, ArtifactKind.Weights, ArtifactKind.Onnx, ArtifactKind.Report, ArtifactKind.Scores];

    private Dictionary<ArtifactRef, int> _numbers = [];

    /// <summary>What the index says of such a store.</summary>
    public static async Task<IndexSnapshot> SnapshotAsync(int count)
    {
        IArtifactStore store = Create<IArtifactStore, ManyArtifacts>();
        ((ManyArtifacts)(object)store)._numbers = Enumerable.Range(0, count).ToDictionary(RefOf);
        using ArtifactIndex index = new(store, TimeProvider.System);
        return await index.GetAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_Location" => "many",
        nameof(IArtifactStore.ListReferencesAsync) => _numbers.Keys.OrderBy(artifact => artifact.ToString(), StringComparer.Ordinal).ToAsyncEnumerable(),
        nameof(IArtifactStore.ListTagsAsync) => Tags().ToAsyncEnumerable(),
        nameof(IArtifactStore.ReadTagAsync) => Task.FromResult(Tags().FirstOrDefault(tag => (tag.Kind, tag.Name) == ((ArtifactKind)args![0]!, (string)args[1]!))),
        nameof(IArtifactStore.ReadAsync) => Task.FromResult(Read((ArtifactRef)args![0]!)),
        _ => throw new NotSupportedException($"{targetMethod?.Name} is not what an index asks."),
    };

    private static ArtifactRef RefOf(int number) =>
        new(Kinds[number % Stages.Length], string.Create(CultureInfo.InvariantCulture, $"model-{number / 600}-{Stages[number % Stages.Length]}"), Digest.Of(BitConverter.GetBytes(number)));

    private static Descriptor Blob(Digest digest, int size, string title) => new() { MediaType = "text/plain", Digest = digest, Size = size, Annotations = new() { [Descriptor.TitleAnnotation] = title } };

    // A few, or reading them one by one would take longer than all the rest.
    private IEnumerable<Tag> Tags() => _numbers.Keys.Take(12).Select(artifact => new Tag(artifact.Kind, artifact.Name, "latest", artifact.Digest, "1")).DistinctBy(tag => (tag.Kind, tag.Name)).OrderBy(tag => $"{ArtifactReference.KindText(tag.Kind)}/{tag.Name}", StringComparer.Ordinal);

    private Artifact Read(ArtifactRef artifact)
    {
        int number = _numbers[artifact];
        Lineage lineage = new()
        {
            Stage = Stages[number % Stages.Length],
            Inputs = number % Stages.Length == 0 ? [] : [new LineageInput("input", RefOf(number - 1).ToString(), RefOf(number - 1).Digest)],
            Metrics = new() { ["loss"] = 1.0 / (number + 1), ["top1"] = number % 1000 / 1000.0 },
        };
        return new Artifact(artifact, new Manifest { ArtifactType = Manifest.TypeOf(artifact.Kind), Config = Blob(artifact.Digest, 1, "c"), Layers = [Blob(artifact.Digest, number, "a")] }, lineage);
    }
}
