using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Turns declarations into stages to run: expands matrices, resolves references, orders, and checks all options.</summary>
internal sealed class Planner
{
    private readonly string _pipeline;
    private readonly Problems _problems;
    private readonly List<StageInstance> _instances;
    private readonly ReferenceResolver _resolver;

    public Planner(string pipeline, IReadOnlyList<StageDeclaration> stages, Problems problems)
    {
        (_pipeline, _problems) = (pipeline, problems);
        _instances = [.. stages.SelectMany(stage => stage.Expand()).DistinctBy(stage => stage.Id)];
        _resolver = new ReferenceResolver(_instances, problems);
    }

    public IReadOnlyList<PlannedStage> Plan()
    {
        List<Draft> drafts = [.. _instances.Select(Drafted)];
        IReadOnlyList<Draft> ordered = new DependencyOrder(drafts, _problems).Sort();
        CheckNames(drafts);
        foreach (Draft draft in drafts.Where(draft => draft.IsSound))
            CheckOptions(draft);

        return [.. ordered.Select(draft => draft.Stage)];
    }

    private Draft Drafted(StageInstance instance)
    {
        int before = _problems.Count;
        MapNode options = _resolver.Map(instance, instance.Declaration.Options);
        List<Dependency> dependencies = [];
        Collect(options, dependencies);
        foreach (ScalarNode need in instance.Declaration.Needs)
            dependencies.AddRange(_resolver.Find(instance, need.Text, need.At).Select(stage => new Dependency(stage.Id, need.At)));

        ScalarNode name = Name(instance);
        string tag = Text(instance, instance.Declaration.Tag)?.Text ?? ArtifactReference.Latest;
        if (!ArtifactReference.TryParse($"clips/{name.Text}:{tag}", out _, out string? why))
            _problems.Add(name.At, $"the artifact of {instance.Id}: {why}.");

        PlannedStage planned = new(instance, name.Text, tag, options, [.. dependencies.Select(d => d.Id).Distinct()]) { Resources = Resources(instance) };
        return new Draft(planned, name.At, dependencies, _problems.Count == before);
    }

    private StageResources Resources(StageInstance instance) =>
        instance.Declaration.Resources is { } written
        && new OptionsBinder(_problems, _ => StageInput.Of(PlannedStage.Pending)).Bind(typeof(StageResources), _resolver.Map(instance, written), $"{instance.Declaration.Id}.resources") is StageResources bound
            ? bound
            : new StageResources();

    private ScalarNode Name(StageInstance instance)
    {
        if (Text(instance, instance.Declaration.Name) is { } given)
            return given;

        string name = $"{_pipeline}-{instance.Declaration.Id}" + string.Concat(instance.Cell.Select(value => $"-{Plain(value.Value.Text)}"));
        return new ScalarNode(instance.Declaration.At, name.Replace("_-", "-", StringComparison.Ordinal).TrimEnd('-', '_'));
    }

    private ScalarNode? Text(StageInstance instance, ScalarNode? node) =>
        node is null ? null : _resolver.Resolve(instance, node) as ScalarNode ?? node;

    /// <summary>A matrix value with what no artifact name may hold taken out.</summary>
    private static string Plain(string text) =>
        string.Join('-', new string([.. text.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? char.ToLowerInvariant(c) : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim('.');

    private static void Collect(Node node, List<Dependency> found)
    {
        if (node is OutputNode output)
            found.AddRange(output.Stages.Select(id => new Dependency(id, output.At)));
        else if (node is ListNode list)
            list.Items.ToList().ForEach(item => Collect(item, found));
        else if (node is MapNode map)
            map.Entries.ToList().ForEach(entry => Collect(entry.Value, found));
    }

    private void CheckNames(List<Draft> drafts)
    {
        for (int i = 0; i < drafts.Count; i++)
        {
            PlannedStage later = drafts[i].Stage;
            PlannedStage? earlier = drafts.Take(i).Select(draft => draft.Stage).FirstOrDefault(stage => SameTag(stage, later));
            if (earlier is not null)
                _problems.Add(drafts[i].NameAt, $"{later.Id} and {earlier.Id} both publish {later.ArtifactName}:{later.Tag}; give one another 'name' or 'tag'.");
        }
    }

    private static bool SameTag(PlannedStage a, PlannedStage b) =>
        a.ArtifactName == b.ArtifactName && a.Tag == b.Tag
        && (a.Description == b.Description || (a.Description.Produces is { } kind && kind == b.Description.Produces));

    private void CheckOptions(Draft draft) =>
        new OptionsBinder(_problems, _ => StageInput.Of(PlannedStage.Pending))
            .Bind(draft.Stage.Description.OptionsType, draft.Stage.Options, draft.Stage.DeclaredId);
}

/// <summary>A stage that another must wait for, and where that was written.</summary>
internal sealed record Dependency(string Id, Position At);

/// <summary>A stage in the making; a sound one has no unresolved references.</summary>
internal sealed record Draft(PlannedStage Stage, Position NameAt, IReadOnlyList<Dependency> Dependencies, bool IsSound);
