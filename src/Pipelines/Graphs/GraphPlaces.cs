namespace Unreel.Pipelines;

/// <summary>
/// Where the boxes of a graph stand and its lines go: a column for each length of the longest way to a stage, in a column the order of
/// the file, and below the boxes a place for each line that passes the column.
/// </summary>
internal sealed class GraphPlaces
{
    private readonly int _boxHeight;
    private readonly int _gap;
    private readonly Dictionary<string, (int Column, int Top)> _boxes = [];
    private readonly Dictionary<(string From, int Column), int> _lines = [];
    private readonly List<int> _filled = [];

    /// <summary>Finds a place for everything.</summary>
    /// <param name="stages">The stages, each after those it depends on.</param>
    /// <param name="boxHeight">The height of a box.</param>
    /// <param name="lineHeight">The height of the place of a line that passes.</param>
    /// <param name="gap">What is left free below each.</param>
    public GraphPlaces(IReadOnlyList<PlannedStage> stages, int boxHeight, int lineHeight, int gap)
    {
        (_boxHeight, _gap) = (boxHeight, gap);
        foreach (PlannedStage stage in stages)
        {
            int column = stage.Dependencies.Select(id => _boxes[id].Column + 1).DefaultIfEmpty(0).Max();
            _boxes[stage.Id] = (column, Take(column, boxHeight));
        }

        // Lines from one box to several go together as far as they go.
        foreach ((string from, int column) in stages.SelectMany(Passed).Distinct())
            _lines[(from, column)] = Take(column, lineHeight) + lineHeight / 2;
    }

    /// <summary>How many columns there are.</summary>
    public int Columns => _filled.Count;

    /// <summary>The height of the highest column.</summary>
    public int Height => _filled.Select(filled => filled - _gap).DefaultIfEmpty(0).Max();

    /// <summary>The column of a stage's box, and the box's upper edge.</summary>
    public (int Column, int Top) Of(string stage) => _boxes[stage];

    /// <summary>The way of a line: a height in each column from one stage's to the other's.</summary>
    public IReadOnlyList<(int Column, int Y)> Way(string from, string to)
    {
        ((int first, int fromTop), (int last, int toTop)) = (_boxes[from], _boxes[to]);
        return
        [
            (first, fromTop + _boxHeight / 2),
            .. Enumerable.Range(first + 1, last - first - 1).Select(column => (column, _lines[(from, column)])),
            (last, toTop + _boxHeight / 2),
        ];
    }

    private IEnumerable<(string From, int Column)> Passed(PlannedStage stage) => stage.Dependencies.SelectMany(from =>
        Enumerable.Range(_boxes[from].Column + 1, _boxes[stage.Id].Column - _boxes[from].Column - 1).Select(column => (from, column)));

    private int Take(int column, int height)
    {
        while (_filled.Count <= column)
            _filled.Add(0);
        int top = _filled[column];
        _filled[column] += height + _gap;
        return top;
    }
}
