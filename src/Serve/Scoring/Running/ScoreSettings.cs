using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;

namespace Unreel.Serve.Scoring;

/// <summary>What scoring is done with, beside the options that decide its rows.</summary>
public sealed record ScoreSettings
{
    /// <summary>Where artifacts are; null where there is no store. Default null.</summary>
    public IArtifactStore? Store { get; init; }

    /// <summary>Where models are kept by digest; null for the default of <see cref="ModelSource"/>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Whose signature a model must have; null to ask for none. Default null.</summary>
    public SignaturePolicy? Signatures { get; init; }

    /// <summary>The threads one inference uses; 0 to choose, see <see cref="ScorePlan"/>. Default 0.</summary>
    public int Threads { get; init; }

    /// <summary>How many inferences run at a time; 0 to choose, see <see cref="ScorePlan"/>. Default 0.</summary>
    public int Lanes { get; init; }

    /// <summary>Where inference runs, as <see cref="ServeOptions.Device"/>. Default <c>cpu</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Where the times of the model's nodes are written, as <see cref="Unreel.Onnx.OnnxModelOptions.ProfileTo"/>; null for no profile.</summary>
    public string? ProfileTo { get; init; }

    /// <summary>Told what there is to say on the way: what was passed over, where true labels are from, a device that cannot be used. Default nobody.</summary>
    public Action<string> Notice { get; init; } = _ => { };

    /// <summary>Says what the work is done with, for lineage.</summary>
    public IRuntimeDescription Runtime { get; init; } = new DefaultRuntimeDescription();

    /// <summary>Opens models; null for ONNX Runtime.</summary>
    public IModelLoader? Loader { get; init; }

    /// <summary>Decodes; null for the default.</summary>
    public IClipDecoder? Decoder { get; init; }
}
