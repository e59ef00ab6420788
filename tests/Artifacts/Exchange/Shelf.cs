using System.Text;
using System.Text.Json.Nodes;
using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Stores in folders with a few artifacts, for what takes them elsewhere.</summary>
internal static class Shelf
{
    public static readonly CancellationToken Ct = CancellationToken.None;

    public static ArtifactStore Open(TemporaryFolder folder, string name = "store") => new(new FolderBlobs(folder.File(name), new ArtifactStoreOptions()));

    /// <summary>Publishes one file and sets a tag.</summary>
    public static async Task<ArtifactRef> PublishAsync(
        this ArtifactStore store, string reference, string content = "content", string title = "model.onnx", params LineageInput[] inputs)
    {
        ArtifactReference target = ArtifactReference.Parse(reference);
        Lineage lineage = new() { Stage = "export", Options = new JsonObject { ["name"] = "ünïcode" }, Inputs = inputs, Code = "0.1.0", Seed = 7, Metrics = new() { ["top1"] = 0.75 } };
        Descriptor layer = await store.AddBytesAsync(Encoding.UTF8.GetBytes(content), "application/octet-stream", title, Ct);
        ArtifactRef artifact = await store.PublishAsync(target.Kind, target.Name, lineage, [layer], Ct);
        await store.MoveTagAsync(artifact, target.Tag!, TimeProvider.System, Ct);
        return artifact;
    }

    /// <summary>A chain: clips, weights made from them, a model made from these, all tagged <c>latest</c>, the model with a run record.</summary>
    public static async Task<(ArtifactRef Clips, ArtifactRef Weights, ArtifactRef Model)> FillAsync(this ArtifactStore store)
    {
        ArtifactRef clips = await store.PublishAsync("clips/drawn:latest", "clips", "clips.tar");
        ArtifactRef weights = await store.PublishAsync("weights/tiny:latest", "weights", "model.safetensors", new LineageInput("clips", clips.ToString(), clips.Digest));
        ArtifactRef model = await store.PublishAsync("onnx/tiny:latest", "model", "model.onnx", new LineageInput("classifier", weights.ToString(), weights.Digest), new LineageInput("labels", "folder:mine", Digest.Of("folder"u8)));
        RunRecord run = new() { Started = DateTimeOffset.UnixEpoch, Finished = DateTimeOffset.UnixEpoch.AddMinutes(1), Machine = "two cores" };
        await store.RecordRunAsync(model, run, Ct);
        return (clips, weights, model);
    }

    public static async Task<CopySummary> CopyAsync(this ArtifactStore source, ArtifactStore target, ExchangeOptions options, params string[] references)
    {
        ExchangePlan plan = await ExchangePlan.MakeAsync(source, [.. references.Select(ArtifactReference.Parse)], options, Ct);
        return await new StoreCopy(source, target, TimeProvider.System).RunAsync(plan, options, null, Ct);
    }

    /// <summary>All that a store holds, as text: artifacts, tags and who refers to whom.</summary>
    public static async Task<string[]> ContentAsync(this ArtifactStore store)
    {
        List<string> lines = [];
        await foreach (ArtifactRef artifact in store.ListReferencesAsync(null, Ct))
        {
            lines.Add(artifact.ToString());
            Assert.Empty(await store.VerifyAsync(artifact, deep: true, Ct));
            await foreach (Referrer referrer in store.ListReferrersAsync(artifact.Digest, Ct))
                lines.Add($"{referrer.Digest} refers to {artifact}");
        }

        await foreach (Tag tag in store.ListTagsAsync(null, Ct))
            lines.Add($"{tag.Kind}/{tag.Name}:{tag.Value} -> {tag.Target}");

        return [.. lines];
    }
}
