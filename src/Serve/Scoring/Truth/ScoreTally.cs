using System.Text.Json.Nodes;

namespace Unreel.Serve.Scoring;

/// <summary>Counts rows: how many, which failed, and how often the model was right.</summary>
/// <param name="labels">The model's labels.</param>
/// <param name="topK">How many labels a row has.</param>
internal sealed class ScoreTally(IReadOnlyList<string> labels, int topK)
{
    private const int Five = 5;
    private readonly Dictionary<string, int> _places = labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
    private readonly int[,] _confusion = new int[labels.Count, labels.Count];
    private int _inFive;

    /// <summary>The model's labels.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>Rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows of videos that could not be read.</summary>
    public int Failed { get; private set; }

    /// <summary>Rows that the figures are of: read, and with a true label that the model knows.</summary>
    public int Measured { get; private set; }

    /// <summary>Of these, those whose best class is the true one.</summary>
    public int Correct { get; private set; }

    /// <summary>How many rows have a true label that the model does not know, by that label.</summary>
    public SortedDictionary<string, int> Unknown { get; } = new(StringComparer.Ordinal);

    /// <summary>Videos by [true class, predicted class].</summary>
    public int[,] Confusion => _confusion;

    /// <summary>The share of videos whose best class is the true one; null where nothing was measured.</summary>
    public double? Top1 => Measured == 0 ? null : (double)Correct / Measured;

    /// <summary>The share of videos whose true class is among the five best; null where nothing was measured, or rows have fewer labels than that and the model more.</summary>
    public double? Top5 => Measured == 0 || topK < Math.Min(Five, labels.Count) ? null : (double)_inFive / Measured;

    /// <summary>The mean of the classes' recalls over those that have videos; null where nothing was measured.</summary>
    public double? MeanPerClass => Measured == 0 ? null : Enumerable.Range(0, labels.Count).Select(Recall).OfType<double>().Average();

    /// <summary>Counts a row.</summary>
    public void Add(FinishedRow row)
    {
        Rows++;
        if (row.Error is not null)
            Failed++;
        if (row.Truth is not { } truth)
            return;

        if (!_places.TryGetValue(truth, out int place))
        {
            Unknown[truth] = Unknown.GetValueOrDefault(truth) + 1;
        }
        else if (row.Labels.Count > 0 && _places.TryGetValue(row.Labels[0], out int predicted))
        {
            Measured++;
            Correct += place == predicted ? 1 : 0;
            _inFive += row.Labels.Take(Five).Contains(truth) ? 1 : 0;
            _confusion[place, predicted]++;
        }
    }

    /// <summary>Videos of a class that were measured.</summary>
    public int Of(int place) => Enumerable.Range(0, labels.Count).Sum(other => _confusion[place, other]);

    /// <summary>Videos that the model called so, rightly or not.</summary>
    public int Called(int place) => Enumerable.Range(0, labels.Count).Sum(other => _confusion[other, place]);

    /// <summary>The share of a class's videos that were found; null where there are none.</summary>
    public double? Recall(int place) => Of(place) is > 0 and int videos ? (double)_confusion[place, place] / videos : null;

    /// <summary>The share of what was called so that is; null where nothing was.</summary>
    public double? Precision(int place) => Called(place) is > 0 and int called ? (double)_confusion[place, place] / called : null;

    /// <summary>The figures for programs; null where nothing was measured.</summary>
    public JsonObject? ToJson() => Measured == 0 ? null : new()
    {
        ["measured"] = Measured,
        ["correct"] = Correct,
        ["top1"] = Rounded(Top1),
        ["top5"] = Rounded(Top5),
        ["mean_per_class"] = Rounded(MeanPerClass),
        ["unknown_labels"] = new JsonObject(Unknown.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["classes"] = new JsonArray([.. Enumerable.Range(0, labels.Count).Select(Class)]),
        ["confusion"] = new JsonArray([.. Enumerable.Range(0, labels.Count).Select(row => new JsonArray([.. Enumerable.Range(0, labels.Count).Select(column => (JsonNode?)_confusion[row, column])]))]),
    };

    private JsonObject Class(int place) => new()
    {
        ["label"] = labels[place],
        ["videos"] = Of(place),
        ["correct"] = _confusion[place, place],
        ["predicted"] = Called(place),
        ["recall"] = Rounded(Recall(place)),
        ["precision"] = Rounded(Precision(place)),
    };

    private static JsonNode? Rounded(double? value) => value is { } some ? Math.Round(some, 6) : null;
}
