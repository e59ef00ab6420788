using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unreel.Finetune;

/// <summary>What a classifier said of a video that it had not seen.</summary>
/// <param name="Video">The video's name.</param>
/// <param name="Label">The index of its label.</param>
/// <param name="Predicted">The index of the label that came first.</param>
internal sealed record Prediction(string Video, int Label, int Predicted);

/// <summary>What one training ended with; a document in its folder, so that it is not done again when others are still to be done.</summary>
internal sealed record TrialRecord
{
    /// <summary>The document's name.</summary>
    public const string FileName = "trial.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    /// <summary>Identifies everything that decided it, but for its seed.</summary>
    public required string Recipe { get; init; }

    /// <summary>Its seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number of its division, from 1.</summary>
    public required int Fold { get; init; }

    /// <summary>The groups held out, where groups divide.</summary>
    public required IReadOnlyList<string> HeldOut { get; init; }

    /// <summary>Mean loss over the last tenth of the steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Its steps.</summary>
    public required long Steps { get; init; }

    /// <summary>The device computed on.</summary>
    public required string Device { get; init; }

    /// <summary>The videos held out and what was said of them.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>How many were said rightly.</summary>
    [JsonIgnore]
    public int Right => Predictions.Count(prediction => prediction.Label == prediction.Predicted);

    /// <summary>The share that was.</summary>
    [JsonIgnore]
    public double Top1 => (double)Right / Predictions.Count;

    /// <summary>Writes the document.</summary>
    public void Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(this, Json) + "\n");
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Reads a folder's document; null where there is none of this recipe and seed.</summary>
    public static TrialRecord? Read(string folder, string recipe, ulong seed)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;

        TrialRecord? found = JsonSerializer.Deserialize<TrialRecord>(File.ReadAllText(path), Json);
        return found?.Recipe == recipe && found.Seed == seed ? found : null;
    }
}
