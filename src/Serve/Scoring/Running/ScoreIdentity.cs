using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Http;

namespace Unreel.Serve.Scoring;

/// <summary>What decides rows; rows of equal identity are of the same work.</summary>
/// <param name="Model">The model's digest.</param>
/// <param name="Rows">The form of the rows.</param>
/// <param name="TopK">How many labels a row has.</param>
/// <param name="Truth">Whether rows have a true label.</param>
/// <param name="Videos">The digest of the names and true labels of all videos, those of other parts included.</param>
/// <param name="Count">How many these are.</param>
/// <param name="Shard">Which part of them, e.g. <c>0-of-4</c>; null for all.</param>
internal sealed record ScoreIdentity(Digest Model, string Rows, int TopK, bool Truth, Digest Videos, int Count, string? Shard)
{
    /// <summary>The member of a report that holds it.</summary>
    public const string Member = "identity";

    /// <summary>As JSON.</summary>
    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, ServeJson.Options)!;

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="member">The member it lies in; null where the text is nothing else.</param>
    /// <param name="file">What messages call the text.</param>
    /// <exception cref="UsageException">It is something else.</exception>
    public static ScoreIdentity Read(byte[] text, string? member, string file)
    {
        try
        {
            JsonNode? node = JsonNode.Parse(text);
            return (member is null ? node : node?[member])?.Deserialize<ScoreIdentity>(ServeJson.Options)
                ?? throw new UsageException($"{file} does not say what its rows are of.");
        }
        catch (Exception problem) when (problem is JsonException or FormatException or InvalidOperationException)
        {
            throw new UsageException($"{file} does not say what its rows are of: {problem.Message}", problem);
        }
    }

    /// <summary>What differs from other work, in words; null where nothing does.</summary>
    /// <param name="expected">The other work.</param>
    public string? Difference(ScoreIdentity expected)
    {
        if (this == expected)
            return null;
        if (Model != expected.Model)
            return $"its rows belong to the model {Model}, expected {expected.Model}";
        if (Videos != expected.Videos || Count != expected.Count)
            return Truth == expected.Truth
                ? $"its rows are of {Count} videos and there are {expected.Count}, or others, or with other labels: they changed"
                : $"its rows have {(Truth ? "true labels" : "no true labels")} and these {(expected.Truth ? "have" : "have not")}";
        if (Shard != expected.Shard)
            return $"its rows are of the part {Shard ?? "that is all"}, expected {expected.Shard ?? "all"}";

        return $"its header is that of {TopK} labels as {Rows}{(Truth ? " with true labels" : string.Empty)}, expected {expected.TopK} as {expected.Rows}{(expected.Truth ? " with true labels" : string.Empty)}";
    }
}
