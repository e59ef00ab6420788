using System.Diagnostics;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>One stage of a pipeline, ready to run once its inputs are there.</summary>
public sealed class PlannedStage
{
    /// <summary>What stands for an output that is not there yet.</summary>
    internal static readonly ArtifactRef Pending = new(ArtifactKind.Clips, "pending", Digest.Of([]));

    internal PlannedStage(StageInstance instance, string artifactName, string tag, MapNode options, IReadOnlyList<string> dependencies) =>
        (DeclaredId, Id, Description, ArtifactName, Tag, Options, Dependencies) =
        (instance.Declaration.Id, instance.Id, instance.Declaration.Stage, artifactName, tag, options, dependencies);

    /// <summary>The id; under a matrix with <c>[axis=value,…]</c> at its end.</summary>
    public string Id { get; }

    /// <summary>The id in the file; the same for all stages of a matrix.</summary>
    public string DeclaredId { get; }

    /// <summary>The kind of stage.</summary>
    public StageDescription Description { get; }

    /// <summary>The name of the artifact it publishes.</summary>
    public string ArtifactName { get; }

    /// <summary>The tag it moves to its artifact.</summary>
    public string Tag { get; }

    /// <summary>The ids of the stages that must be done before it.</summary>
    public IReadOnlyList<string> Dependencies { get; }

    /// <summary>What it takes of a machine: what its kind says of its options, except where the file says otherwise under <c>resources</c>.</summary>
    public StageNeeds Needs => field ??= Description.Needs(BindPending()).With(Resources);

    /// <summary>What the file says under <c>resources</c>.</summary>
    public StageResources Resources { get; internal init; } = new();

    internal MapNode Options { get; }

    /// <summary>Whether <paramref name="id"/> names this stage, alone or with the rest of its matrix.</summary>
    internal bool IsCalled(string id) => id == Id || id == DeclaredId;

    /// <summary>The files and folders that its options name, known before anything runs.</summary>
    internal IEnumerable<(string Option, string Path)> Paths() =>
        OptionsJson.Inputs(BindPending()).Where(input => input.Input.IsPath).Select(input => (input.Path, input.Input.Text));

    /// <summary>Makes the options before the outputs of earlier stages are known; something else stands in their places.</summary>
    internal object BindPending() => Bind(_ => Pending);

    /// <summary>The files and folders of this machine that its options name: inputs, and files such as presets.</summary>
    public IEnumerable<(string Option, string Path)> LocalFiles()
    {
        object options = BindPending();
        return Paths().Concat(OptionSchema.Of(options.GetType()).Properties
            .Where(property => property.Info.GetValue(options) is FileSystemInfo)
            .Select(property => (property.Name, ((FileSystemInfo)property.Info.GetValue(options)!).FullName)));
    }

    /// <summary>Makes the options, with the outputs of earlier stages in their places.</summary>
    internal object Bind(Func<string, ArtifactRef> outputs)
    {
        Problems problems = new();
        object? options = new OptionsBinder(problems, id => StageInput.Of(outputs(id))).Bind(Description.OptionsType, Options, DeclaredId);
        problems.ThrowIfAny();
        Debug.Assert(options is not null, "Options without problems are bound.");
        return options;
    }
}
