using Unreel.Artifacts;
using Unreel.Serve.Registry;

namespace Unreel.Serve.Api;

/// <summary>A page of a list of artifacts.</summary>
/// <param name="Total">How many were found in all.</param>
/// <param name="Offset">How many of them come before these.</param>
/// <param name="Next">The path of the next page; null at the end.</param>
/// <param name="Artifacts">Those of this page.</param>
public sealed record ArtifactList(int Total, int Offset, string? Next, IReadOnlyList<ArtifactItem> Artifacts);

/// <summary>An artifact in a list.</summary>
/// <param name="Reference"><c>kind/name@digest</c>.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Digest">Its manifest's digest.</param>
/// <param name="Tags">The tags that point to it.</param>
/// <param name="Made">When it was published (UTC); null where that is not known.</param>
/// <param name="Stage">The stage that made it.</param>
/// <param name="Size">The sum of its files in bytes.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Inputs">What it was made from.</param>
/// <param name="Metrics">Figures that the work determines.</param>
/// <param name="Key">The key of the work; null for files brought by hand.</param>
/// <param name="Url">Where the whole of it is told.</param>
public sealed record ArtifactItem(
    string Reference, string Kind, string Name, Digest Digest, IReadOnlyList<string> Tags, DateTimeOffset? Made, string Stage, long Size, int Files,
    IReadOnlyList<LineageInput> Inputs, IReadOnlyDictionary<string, double> Metrics, Digest? Key, string Url)
{
    /// <summary>Makes it.</summary>
    internal static ArtifactItem Of(IndexSnapshot snapshot, IndexEntry entry)
    {
        ArtifactRef reference = entry.Reference;
        return new(
            reference.ToString(), ArtifactReference.KindText(reference.Kind), reference.Name, reference.Digest, [.. snapshot.TagsOf(reference)],
            entry.Made == DateTimeOffset.MinValue ? null : entry.Made, entry.Stage, entry.Size, entry.Files, entry.Inputs, entry.Metrics, entry.Key, ArtifactDocument.UrlOf(reference));
    }
}

/// <summary>One artifact. It never changes, and so holds no tags: those have documents of their own.</summary>
/// <param name="Reference"><c>kind/name@digest</c>.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Digest">Its manifest's digest.</param>
/// <param name="Size">The sum of its files in bytes.</param>
/// <param name="Files">Its files.</param>
/// <param name="Lineage">Where it came from: stage, options, inputs, metrics.</param>
/// <param name="Page">Its page for people.</param>
public sealed record ArtifactDocument(string Reference, string Kind, string Name, Digest Digest, long Size, IReadOnlyList<FileItem> Files, Lineage Lineage, string Page)
{
    /// <summary>Where an artifact is told.</summary>
    internal static string UrlOf(ArtifactRef artifact) => $"{ApiRoutes.Root}/artifacts/{ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}/{artifact.Digest}";

    /// <summary>Makes it.</summary>
    internal static ArtifactDocument Of(Artifact artifact)
    {
        ArtifactRef reference = artifact.Reference;
        return new(
            reference.ToString(), ArtifactReference.KindText(reference.Kind), reference.Name, reference.Digest, artifact.Size,
            [.. artifact.Manifest.Layers.Select(layer => new FileItem(layer.Title, layer.MediaType, layer.Digest, layer.Size, layer.Title is { } title ? $"{UrlOf(reference)}/files/{RegistryRoutes.Escaped(title)}" : null))],
            artifact.Lineage, RegistryRoutes.PathOf(reference));
    }
}

/// <summary>A file of an artifact.</summary>
/// <param name="Title">Its path within the artifact; null where it has none.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Url">Where it is; null where it has no name.</param>
public sealed record FileItem(string? Title, string MediaType, Digest Digest, long Size, string? Url);

/// <summary>What an artifact came from and what came of it.</summary>
/// <param name="Nodes">Artifacts and other inputs, the one asked for first.</param>
/// <param name="Edges">What was made from what.</param>
/// <param name="LeftOut">How many neighbours of these are not among them: they are too far away, or too many.</param>
public sealed record LineageDocument(IReadOnlyList<LineageItem> Nodes, IReadOnlyList<LineageLink> Edges, int LeftOut)
{
    /// <summary>Makes it.</summary>
    internal static LineageDocument Of(LineageView view) => new(
        [.. view.Nodes.Select(node => new LineageItem(node.Id, node.Reference?.ToString() ?? node.Text, node.Stage, node.Column, node.Reference is { } artifact ? ArtifactDocument.UrlOf(artifact) : null))],
        [.. view.Edges.Select(edge => new LineageLink(edge.From, edge.To, edge.Option))],
        view.LeftOut);
}

/// <summary>An artifact or another input.</summary>
/// <param name="Digest">What edges call it.</param>
/// <param name="Reference">Its name.</param>
/// <param name="Stage">The stage that made it; null where that is not known.</param>
/// <param name="Column">Negative for what the artifact came from, 0 for itself, positive for what came of it; every input has less than what was made from it.</param>
/// <param name="Url">Where it is told; null for what is not in the store.</param>
public sealed record LineageItem(string Digest, string Reference, string? Stage, int Column, string? Url);

/// <summary>One thing was made from another.</summary>
/// <param name="From">The digest of the input.</param>
/// <param name="To">The digest of what was made from it.</param>
/// <param name="Option">The option that named the input.</param>
public sealed record LineageLink(string From, string To, string Option);
