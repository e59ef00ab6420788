namespace Unreel.Evaluate;

/// <summary>What a model said of one clip.</summary>
/// <param name="Name">The clip's name.</param>
/// <param name="Label">The true class: an index into the model's labels.</param>
/// <param name="Probabilities">The model's probabilities, one a class.</param>
public sealed record ClipPrediction(string Name, int Label, float[] Probabilities)
{
    /// <summary>The most probable class; of equals the first.</summary>
    public int Predicted => Array.IndexOf(Probabilities, Probabilities.Max());

    /// <summary>How many classes come before the true one: 0 where the model is right. Of equals the first comes before.</summary>
    public int Rank
    {
        get
        {
            float own = Probabilities[Label];
            int before = 0;
            for (int other = 0; other < Probabilities.Length; other++)
            {
                if (Probabilities[other] > own || (Probabilities[other] == own && other < Label))
                    before++;
            }

            return before;
        }
    }
}

/// <summary>One class in figures.</summary>
/// <param name="Label">The class.</param>
/// <param name="Clips">Clips that are of it.</param>
/// <param name="Correct">Of these, how many the model called so.</param>
/// <param name="Predicted">Clips that the model called so, rightly or not.</param>
public sealed record ClassScore(string Label, int Clips, int Correct, int Predicted)
{
    /// <summary>The share of its clips that were found; null where there are none.</summary>
    public double? Recall => Clips == 0 ? null : (double)Correct / Clips;

    /// <summary>The share of what was called so that is; null where nothing was.</summary>
    public double? Precision => Predicted == 0 ? null : (double)Correct / Predicted;
}

/// <summary>How good a model's predictions are.</summary>
public sealed record Scorecard
{
    private Scorecard(IReadOnlyList<string> labels, IReadOnlyList<ClipPrediction> predictions)
    {
        (Labels, Predictions) = (labels, predictions);
        Confusion = new int[labels.Count, labels.Count];
        foreach (ClipPrediction prediction in predictions)
            Confusion[prediction.Label, prediction.Predicted]++;

        Classes = [.. Enumerable.Range(0, labels.Count).Select(Class)];
    }

    /// <summary>The model's labels.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The predictions, in the order of the clips.</summary>
    public IReadOnlyList<ClipPrediction> Predictions { get; }

    /// <summary>Clips by [true class, predicted class].</summary>
    public int[,] Confusion { get; }

    /// <summary>Each class in figures, in the order of the labels.</summary>
    public IReadOnlyList<ClassScore> Classes { get; }

    /// <summary>The share of clips whose most probable class is the true one.</summary>
    public double Top1 => Top(1);

    /// <summary>The share of clips whose true class is among the five most probable.</summary>
    public double Top5 => Top(5);

    /// <summary>The mean of the classes' recalls over the classes that have clips: each class counts the same.</summary>
    public double MeanPerClass => Classes.Where(each => each.Clips > 0).Average(each => each.Recall!.Value);

    /// <summary>The accuracy of guessing evenly among the model's labels.</summary>
    public double Chance => 1.0 / Labels.Count;

    /// <summary>The accuracy of always naming the class that has the most clips here.</summary>
    public double Majority => (double)Classes.Max(each => each.Clips) / Predictions.Count;

    /// <summary>Works out the figures.</summary>
    /// <exception cref="ArgumentException">There are no predictions, or one does not fit the labels.</exception>
    public static Scorecard Of(IReadOnlyList<string> labels, IReadOnlyList<ClipPrediction> predictions)
    {
        if (predictions.Count == 0)
            throw new ArgumentException("There are no predictions to work figures out of.", nameof(predictions));

        foreach (ClipPrediction prediction in predictions)
        {
            if (prediction.Probabilities.Length != labels.Count || prediction.Label < 0 || prediction.Label >= labels.Count)
                throw new ArgumentException($"{prediction.Name} has {prediction.Probabilities.Length} probabilities and the class {prediction.Label}; expected {labels.Count} labels.", nameof(predictions));
        }

        return new Scorecard(labels, predictions);
    }

    private double Top(int count) => (double)Predictions.Count(prediction => prediction.Rank < count) / Predictions.Count;

    private ClassScore Class(int index)
    {
        int clips = 0, predicted = 0;
        for (int other = 0; other < Labels.Count; other++)
        {
            clips += Confusion[index, other];
            predicted += Confusion[other, index];
        }

        return new ClassScore(Labels[index], clips, Confusion[index, index], predicted);
    }
}
