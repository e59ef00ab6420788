using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Serve.Benches;

/// <summary>
/// Writes a store of many small artifacts straight into a folder, in the store's layout but without its care for the disk, which would take
/// a quarter of an hour. Half of the names have a tag; each version was made from the one before.
/// </summary>
internal sealed class GeneratedStore(string folder)
{
    private readonly byte[] _layer = Encoding.ASCII.GetBytes("what all of them consist of");

    /// <summary>The reference of the last version of the first name.</summary>
    public ArtifactRef Last { get; private set; }

    /// <summary>Writes <paramref name="names"/> times <paramref name="versions"/> artifacts.</summary>
    public void Write(int names, int versions, CancellationToken ct)
    {
        Digest layer = Blob(_layer);
        Parallel.For(0, names, new ParallelOptions { CancellationToken = ct }, name =>
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"model-{name:00000}");
            ArtifactRef? before = null;
            for (int version = 0; version < versions; version++)
                before = Artifact(text, version, before, layer);

            if (name % 2 == 0)
                File($"tags/weights/{text}/latest", Encoding.ASCII.GetBytes(before!.Value.Digest.ToString()));
            if (name == 0)
                Last = before!.Value;
        });
    }

    private ArtifactRef Artifact(string name, int version, ArtifactRef? before, Digest layer)
    {
        JsonArray inputs = before is { } input
            ? [new JsonObject { ["option"] = "encoder", ["reference"] = input.ToString(), ["digest"] = input.Digest.ToString() }]
            : [];
        byte[] lineage = CanonicalJson.Write(new JsonObject
        {
            ["stage"] = "pretrain",
            ["stageVersion"] = 1,
            ["inputs"] = inputs,
            ["options"] = new JsonObject { ["width"] = 192, ["name"] = name },
            ["metrics"] = new JsonObject { ["loss"] = 1.0 / (1 + version), ["top1"] = 0.5 + (version * 0.001) },
        });
        byte[] manifest = CanonicalJson.Write(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifest.ManifestMediaType,
            ["artifactType"] = Manifest.TypeOf(ArtifactKind.Weights),
            ["config"] = Describe(Manifest.LineageMediaType, Blob(lineage), lineage.Length, null),
            ["layers"] = new JsonArray(Describe("application/octet-stream", layer, _layer.Length, "model.safetensors")),
            ["annotations"] = new JsonObject { [Manifest.NameAnnotation] = name },
        });
        ArtifactRef artifact = new(ArtifactKind.Weights, name, Blob(manifest));
        File($"manifests/weights/{name}/{artifact.Digest.Hex}", []);
        return artifact;
    }

    private static JsonObject Describe(string mediaType, Digest digest, int size, string? title)
    {
        JsonObject descriptor = new() { ["mediaType"] = mediaType, ["digest"] = digest.ToString(), ["size"] = size };
        if (title is not null)
            descriptor["annotations"] = new JsonObject { [Descriptor.TitleAnnotation] = title };
        return descriptor;
    }

    private Digest Blob(byte[] bytes)
    {
        Digest digest = Digest.Of(bytes);
        File($"blobs/sha256/{digest.Hex[..2]}/{digest.Hex}", bytes);
        return digest;
    }

    private void File(string path, byte[] bytes)
    {
        string full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        if (!System.IO.File.Exists(full))
            System.IO.File.WriteAllBytes(full, bytes);
    }
}
