using System.Globalization;

namespace Unreel.Modeling;

/// <summary>What all processes agree on before they update their weights: the loss, and whether to go on.</summary>
internal static class StepAgreement
{
    private const string Stop = "stop";

    /// <summary>The mean loss over all processes.</summary>
    /// <param name="processes">The processes; each has worked on an equal share of the batch.</param>
    /// <param name="loss">This one's loss.</param>
    /// <param name="ct">Asks this process, and so all of them, to stop.</param>
    /// <exception cref="OperationCanceledException">One of them was asked to stop; nothing is updated anywhere.</exception>
    public static double MeanLoss(ICollectives processes, double loss, CancellationToken ct)
    {
        if (processes.Count == 1)
            return loss;

        IReadOnlyList<string> all = processes.Gather(ct.IsCancellationRequested ? Stop : loss.ToString("R", CultureInfo.InvariantCulture));
        for (int rank = 0; rank < all.Count; rank++)
        {
            if (all[rank] == Stop)
                throw new OperationCanceledException($"{processes.Name(rank)} was asked to stop", ct);
        }

        return all.Average(text => double.Parse(text, CultureInfo.InvariantCulture));
    }
}
