namespace Unreel.Serve.Models;

/// <summary>The models of a server.</summary>
/// <param name="Models">One entry for each name.</param>
public sealed record ModelList(IReadOnlyList<ModelDescription> Models)
{
    /// <summary>Describes what is in service now.</summary>
    public static ModelList Of(ModelRegistry registry) => new([.. registry.Hosts.Select(Describe)]);

    private static ModelDescription Describe(ModelHost host)
    {
        if (host.Current is not { } model)
            return new ModelDescription(host.Choice.Reference, null, false, [], 0, 0, 0, 0);

        Video.ClipPreparation preparation = model.Classifier.Preparation;
        return new ModelDescription(host.Choice.Reference, model.Source.Digest.ToString(), true, model.Classifier.Labels, preparation.Frames, preparation.Stride, preparation.Size, preparation.Views);
    }
}

/// <summary>One model.</summary>
/// <param name="Name">The reference it is known by.</param>
/// <param name="Digest">The digest of what is in service; null while it is being loaded.</param>
/// <param name="Ready">Whether it answers.</param>
/// <param name="Labels">Its classes in order.</param>
/// <param name="Frames">Frames in a view.</param>
/// <param name="Stride">Distance between them in frames of the video.</param>
/// <param name="Size">Side of a frame in pixels.</param>
/// <param name="Views">Views of one video whose probabilities are averaged.</param>
public sealed record ModelDescription(string Name, string? Digest, bool Ready, IReadOnlyList<string> Labels, int Frames, int Stride, int Size, int Views);
