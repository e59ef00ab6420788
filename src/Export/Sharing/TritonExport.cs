using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Writes ONNX artifacts as models of a Triton model repository.</summary>
public static class TritonExport
{
    /// <summary>The folder of the only version that is written.</summary>
    internal const string Version = "1";

    private const string ConfigFile = "config.pbtxt";

    /// <summary>Adds a model to a repository: <c>NAME/config.pbtxt</c>, <c>NAME/labels.txt</c>, <c>NAME/1/model.onnx</c>.</summary>
    /// <param name="store">Where the artifact is.</param>
    /// <param name="artifact">The artifact, of the kind onnx.</param>
    /// <param name="repository">The repository's folder; it may hold other models.</param>
    /// <param name="maxBatch">The most clips that Triton puts together.</param>
    /// <param name="ct">Cancels; nothing is left.</param>
    /// <returns>The model's folder.</returns>
    /// <exception cref="UsageException">It is no model of ours, or its name is taken in the repository.</exception>
    public static async Task<string> RunAsync(IArtifactStore store, ArtifactRef artifact, string repository, int maxBatch, CancellationToken ct)
    {
        SharedModel model = await SharedModel.ReadAsync(store, artifact, ct);
        string labels = LabelsOf(model);
        using NewFolder folder = new(Path.Combine(repository, artifact.Name));
        await model.WriteAsync(store, Path.Combine(folder.Path, Version), folder.Path, ct);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ConfigFile), TritonConfig.Write(artifact.Name, model.Model, model.Contract, maxBatch), ct);
        if (model.Contract.Labels.Count > 0)
            await File.WriteAllTextAsync(Path.Combine(folder.Path, TritonConfig.LabelsFile), labels, ct);

        return folder.Keep();
    }

    private static string LabelsOf(SharedModel model)
    {
        string? broken = model.Contract.Labels.FirstOrDefault(label => label.AsSpan().ContainsAny('\n', '\r'));
        return broken is null
            ? string.Concat(model.Contract.Labels.Select(label => label + "\n"))
            : throw new UsageException($"The label '{broken.ReplaceLineEndings(" ")}' of {model.Artifact.Reference} has a line break; Triton's file of labels has one a line.");
    }
}
