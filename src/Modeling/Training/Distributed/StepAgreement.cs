using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unreel.Modeling;

/// <summary>What all processes agree on before they update their weights: the loss and its parts, and whether this step is to be the last.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Parts">The means of its parts; null where it is one thing.</param>
/// <param name="Asked">The first process that was asked to stop, in words; null where none was.</param>
internal sealed record StepAgreement(double Loss, Dictionary<string, double>? Parts, string? Asked)
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Waits for all processes.</summary>
    /// <param name="processes">The processes; each has worked on an equal share of the batch.</param>
    /// <param name="loss">This one's loss.</param>
    /// <param name="parts">What it is made of; null where it is one thing.</param>
    /// <param name="ct">Asks this process, and so all of them, to stop after this step.</param>
    public static StepAgreement Reach(ICollectives processes, double loss, Dictionary<string, double>? parts, CancellationToken ct)
    {
        if (processes.Count == 1)
            return new StepAgreement(loss, parts, null);

        string mine = JsonSerializer.Serialize(new Share(ct.IsCancellationRequested, loss, parts), Json);
        Share[] all = [.. processes.Gather(mine).Select(text => JsonSerializer.Deserialize<Share>(text, Json)!)];
        int asked = Array.FindIndex(all, share => share.Stops);
        return new StepAgreement(
            all.Average(share => share.Loss),
            parts?.Keys.ToDictionary(name => name, name => all.Average(share => share.Parts![name]), StringComparer.Ordinal),
            asked < 0 ? null : processes.Name(asked));
    }

    private sealed record Share(bool Stops, double Loss, Dictionary<string, double>? Parts);
}
