using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>The models of a server.</summary>
/// <param name="Models">One entry for each name and version; requests that name none mean the first.</param>
public sealed record ModelList(IReadOnlyList<ModelDescription> Models)
{
    /// <summary>Describes what is in service now.</summary>
    public static ModelList Of(ModelRegistry registry) => new([.. registry.Hosts.Select(Describe)]);

    /// <summary>Describes one model.</summary>
    public static ModelDescription Describe(ModelHost host)
    {
        ModelChoice choice = host.Choice;
        // Where a file lies is the server's own matter.
        string? reference = StageInput.Parse(choice.Reference).IsPath ? null : choice.Reference;
        ModelDescription bare = new() { Name = choice.Name, Version = choice.Version, Reference = reference };
        if (host.Current is not { } model)
            return bare;

        ClipPreparation preparation = model.Classifier.Preparation;
        return bare with
        {
            Digest = model.Source.Digest.ToString(),
            Ready = true,
            Labels = model.Classifier.Labels,
            Frames = preparation.Frames,
            Stride = preparation.Stride,
            Size = preparation.Size,
            Views = preparation.Views,
            Features = model.Classifier.Width,
        };
    }
}

/// <summary>One model.</summary>
public sealed record ModelDescription
{
    /// <summary>Its name in routes.</summary>
    public required string Name { get; init; }

    /// <summary>Which version of that name it is: a tag, or a digest's hex digits.</summary>
    public required string Version { get; init; }

    /// <summary>The artifact it was asked for by; null for a file.</summary>
    public string? Reference { get; init; }

    /// <summary>The digest of what is in service; null while it is being loaded.</summary>
    public string? Digest { get; init; }

    /// <summary>Whether it answers.</summary>
    public bool Ready { get; init; }

    /// <summary>Its classes in order.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Frames in a view.</summary>
    public int Frames { get; init; }

    /// <summary>Distance between them in frames of the video.</summary>
    public int Stride { get; init; }

    /// <summary>Side of a frame in pixels.</summary>
    public int Size { get; init; }

    /// <summary>Views of one video whose probabilities are averaged.</summary>
    public int Views { get; init; }

    /// <summary>Numbers of a video's features; 0 where the model gives none.</summary>
    public int Features { get; init; }
}
