namespace Unreel.Finetune;

/// <summary>A class in figures.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Videos">How often one of its videos was tested on.</param>
/// <param name="Right">How often it was said rightly.</param>
internal sealed record ClassFigures(string Label, int Videos, int Right)
{
    /// <summary>The share; null where none was tested on.</summary>
    public double? Accuracy => Videos == 0 ? null : (double)Right / Videos;
}

/// <summary>What several trainings come to.</summary>
internal sealed class TrialSummary
{
    /// <summary>Works the figures out.</summary>
    /// <param name="labels">The labels in order.</param>
    /// <param name="trials">Every division with every seed.</param>
    public TrialSummary(IReadOnlyList<string> labels, IReadOnlyList<TrialRecord> trials)
    {
        (Labels, Trials) = (labels, trials);
        Folds = [.. trials.GroupBy(trial => trial.Fold).OrderBy(group => group.Key).Select(group => group.ToArray())];
        Seeds = [.. trials.GroupBy(trial => trial.Seed).OrderBy(group => group.Key).Select(group => group.ToArray())];
        Confusion = new int[labels.Count, labels.Count];
        foreach (Prediction prediction in trials.SelectMany(trial => trial.Predictions))
            Confusion[prediction.Label, prediction.Predicted]++;
        Classes = [.. labels.Select((label, index) => new ClassFigures(label, Enumerable.Range(0, labels.Count).Sum(column => Confusion[index, column]), Confusion[index, index]))];
    }

    /// <summary>The labels in order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Every training.</summary>
    public IReadOnlyList<TrialRecord> Trials { get; }

    /// <summary>The trainings of each division.</summary>
    public IReadOnlyList<TrialRecord[]> Folds { get; }

    /// <summary>The trainings of each seed.</summary>
    public IReadOnlyList<TrialRecord[]> Seeds { get; }

    /// <summary>Tests by [true label, label that came first], all trainings together.</summary>
    public int[,] Confusion { get; }

    /// <summary>The labels in figures, all trainings together.</summary>
    public IReadOnlyList<ClassFigures> Classes { get; }

    /// <summary>The mean of all trainings' accuracies.</summary>
    public double Top1 => Mean(Trials);

    /// <summary>Sample standard deviation, over divisions, of the mean over seeds; null for one division.</summary>
    public double? SpreadOverFolds => Deviation([.. Folds.Select(Mean)]);

    /// <summary>Sample standard deviation, over seeds, of the mean over divisions; null for one seed.</summary>
    public double? SpreadOverSeeds => Deviation([.. Seeds.Select(Mean)]);

    /// <summary>Videos that were tested on, each counted once.</summary>
    public int Videos => Seeds[0].Sum(trial => trial.Predictions.Count);

    /// <summary>The mean of some trainings' accuracies.</summary>
    public static double Mean(IReadOnlyList<TrialRecord> trials) => trials.Average(trial => trial.Top1);

    private static double? Deviation(double[] values)
    {
        if (values.Length < 2)
            return null;

        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
