namespace Unreel.Pipelines;

/// <summary>Orders stages so that each comes after those it depends on, and in the order of the file where that leaves a choice.</summary>
internal sealed class DependencyOrder(IReadOnlyList<Draft> drafts, Problems problems)
{
    private readonly Dictionary<string, Draft> _byId = drafts.ToDictionary(draft => draft.Stage.Id);
    private readonly List<Draft> _sorted = [];
    private readonly List<string> _path = [];

    public IReadOnlyList<Draft> Sort()
    {
        foreach (Draft draft in drafts)
            Visit(draft, null);

        return _sorted;
    }

    private void Visit(Draft draft, Dependency? because)
    {
        string id = draft.Stage.Id;
        if (_path.Contains(id))
        {
            problems.Add(because!.At, $"stages wait for each other in a circle: {string.Join(" → ", _path.SkipWhile(step => step != id))} → {id}.");
            return;
        }

        if (_sorted.Contains(draft))
            return;

        _path.Add(id);
        foreach (Dependency dependency in draft.Dependencies)
        {
            if (_byId.TryGetValue(dependency.Id, out Draft? earlier))
                Visit(earlier, dependency);
        }

        _path.RemoveAt(_path.Count - 1);
        _sorted.Add(draft);
    }
}
