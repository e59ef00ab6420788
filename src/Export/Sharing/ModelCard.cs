using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Writes model cards: front matter for the hub, then what the model is, how good it is and where it came from.</summary>
internal static class ModelCard
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The card of an ONNX model.</summary>
    public static string OfModel(SharedModel model, ClipPreparation preparation)
    {
        ModelContract contract = model.Contract;
        StringBuilder card = new();
        Begin(card, model.Artifact, "onnx", contract.Labels.Count > 0 ? "video-classification" : "feature-extraction");
        Results(card, model.Artifact.Reference.Name, contract.Accuracy);
        Line(card, "---\n");
        Line(card, $"# {model.Artifact.Reference.Name}\n");
        Line(card, $"A model of videos in ONNX, exported by Unreel. It takes `video`, uint8 `[batch, {contract.Input.Frames}, {contract.Input.Height}, {contract.Input.Width}, 3]`, RGB; normalisation is part of the graph.\n");
        Line(card, $"Frames: {preparation.Frames}, {(preparation.Sampling == ClipPreparation.StrideSampling ? $"{preparation.Stride} apart" : "spread over the whole video")}; {preparation.Clips} clips of {preparation.Crops} crops are averaged; the short side is resized to {(preparation.ShortSide == 0 ? preparation.Size : preparation.ShortSide)}, bilinear, and squares of {preparation.Size} are cut.\n");
        if (contract.Labels.Count > 0)
            Line(card, $"Labels: {string.Join(", ", contract.Labels.Select(label => $"`{Plain(label)}`"))}.\n");

        Line(card, "```python\nimport numpy, onnxruntime\n");
        Line(card, $"session = onnxruntime.InferenceSession(\"{SharedModel.FileName}\")\nvideo = numpy.zeros((1, {contract.Input.Frames}, {contract.Input.Height}, {contract.Input.Width}, 3), numpy.uint8)\nprint(session.run(None, {{\"video\": video}}))\n```\n");
        Rest(card, model.Artifact);
        return card.ToString();
    }

    /// <summary>The card of weights.</summary>
    public static string OfWeights(Artifact artifact)
    {
        StringBuilder card = new();
        Begin(card, artifact, "transformers", null);
        Line(card, "---\n");
        Line(card, $"# {artifact.Reference.Name}\n");
        Line(card, "Weights of a video transformer, made by Unreel, in the form that Hugging Face's VideoMAE loads. `config.json` says what they are of.\n");
        Rest(card, artifact);
        return card.ToString();
    }

    private static void Begin(StringBuilder card, Artifact artifact, string library, string? task)
    {
        Line(card, $"---\nlibrary_name: {library}");
        if (task is not null)
            Line(card, $"pipeline_tag: {task}");

        Line(card, $"tags:\n- unreel\n- video\n- {Quote($"stage:{artifact.Lineage.Stage}")}");
    }

    private static void Results(StringBuilder card, string name, AccuracyRecord? accuracy)
    {
        if (accuracy is null)
            return;

        Line(card, $"model-index:\n- name: {Quote(name)}\n  results:\n  - task:\n      type: video-classification\n    dataset:\n      type: {Quote(accuracy.Dataset)}\n      name: {Quote(accuracy.Dataset)}\n    metrics:");
        Line(card, $"    - type: accuracy\n      name: top-1\n      value: {Number(accuracy.Top1)}\n    - type: accuracy\n      name: top-5\n      value: {Number(accuracy.Top5)}");
    }

    private static void Rest(StringBuilder card, Artifact artifact)
    {
        Lineage lineage = artifact.Lineage;
        if (lineage.Metrics.Count > 0)
        {
            Line(card, "## Figures\n\n| figure | value |\n|---|---|");
            foreach ((string name, double value) in lineage.Metrics)
                Line(card, $"| {Plain(name)} | {Number(value)} |");
            Line(card, string.Empty);
        }

        Line(card, $"## Lineage\n\n- artifact: `{artifact.Reference}`\n- made by: {Plain(lineage.Stage)} (version {lineage.StageVersion}) of Unreel {Plain(lineage.Code ?? "?")}");
        if (lineage.Runtime is { } runtime)
            Line(card, $"- runtime: {Plain(runtime)}, {Plain(lineage.Device ?? "no device")}");
        if (lineage.Seed is { } seed)
            Line(card, $"- seed: {seed.ToString(CultureInfo.InvariantCulture)}");
        foreach (LineageInput input in lineage.Inputs)
            Line(card, $"- {Plain(input.Option)}: `{Plain(input.Reference)}` `{input.Digest}`");
    }

    private static void Line(StringBuilder card, string text) => card.Append(text).Append('\n');

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    // A string of JSON is one of YAML too.
    private static string Quote(string text) => JsonSerializer.Serialize(text, Readable);

    // What others wrote must not become a table's cell, a code's end or a tag.
    private static string Plain(string text) => text.ReplaceLineEndings(" ").Replace("`", "'", StringComparison.Ordinal).Replace("|", "/", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
