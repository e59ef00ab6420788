using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>The models of a server.</summary>
/// <param name="Models">One entry for each name and version; requests that name none mean the first.</param>
public sealed record ModelList(IReadOnlyList<ModelDescription> Models)
{
    /// <summary>Describes what is in service now.</summary>
    public static ModelList Of(ModelRegistry registry) => new([.. registry.Hosts.Select(ModelDescription.Of)]);
}

/// <summary>One model.</summary>
/// <param name="Name">Its name in routes.</param>
/// <param name="Version">Which version of that name it is.</param>
/// <param name="Reference">The artifact that the server was told to serve; null for a file: where that lies is the server's own matter.</param>
/// <param name="Ready">Whether it answers.</param>
public sealed record ModelDescription(string Name, string Version, string? Reference, bool Ready)
{
    /// <summary>The digest of what is in service; null while it is being loaded.</summary>
    public string? Digest { get; init; }

    /// <summary>Since when that is in service.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The execution provider, such as <c>CPUExecutionProvider</c>.</summary>
    public string? Provider { get; init; }

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

    /// <summary>Numbers of a clip's features; 0 where the model gives none.</summary>
    public int Width { get; init; }

    /// <summary>How many clips the model takes at once, where it takes no other number.</summary>
    public int? Batch { get; init; }

    /// <summary>The most clips of several requests that run together; 1 where requests run one by one.</summary>
    public int Batching { get; init; }

    /// <summary>What the tag moved to last and why it is not in service; null where nothing was refused since.</summary>
    public RefusalDescription? Refused { get; init; }

    /// <summary>Describes what is in service now.</summary>
    public static ModelDescription Of(ModelHost host)
    {
        RefusalDescription? refused = host.Refusal is { } refusal ? new(refusal.Digest.ToString(), refusal.Reason, refusal.At) : null;
        string? reference = StageInput.Parse(host.Choice.Reference).IsPath ? null : host.Choice.Reference;
        ModelDescription description = new(host.Choice.Name, host.Choice.Version, reference, host.Current is not null) { Refused = refused };
        if (host.Current is not { } model)
            return description;

        Video.ClipPreparation preparation = model.Classifier.Preparation;
        return description with
        {
            Digest = model.Source.Digest.ToString(),
            Since = model.Since,
            Provider = model.Classifier.Provider,
            Labels = model.Classifier.Labels,
            Frames = preparation.Frames,
            Stride = preparation.Stride,
            Size = preparation.Size,
            Views = preparation.Views,
            Width = model.Classifier.Width,
            Batch = model.Classifier.Batch,
            Batching = model.Batching.Most,
        };
    }
}

/// <summary>A model that was not taken into service.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="At">When it was tried.</param>
public sealed record RefusalDescription(string Digest, string Reason, DateTimeOffset At);
