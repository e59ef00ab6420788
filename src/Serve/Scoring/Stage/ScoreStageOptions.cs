using System.ComponentModel.DataAnnotations;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>Everything that decides the scores of a pipeline's stage; what <c>unreel score</c> takes.</summary>
public sealed record ScoreStageOptions
{
    /// <summary>The model: an artifact of kind onnx, an ONNX file, or a folder with a <c>model.onnx</c>.</summary>
    [Required]
    public required StageInput Model { get; init; }

    /// <summary>The videos: an artifact of kind clips that holds files, or a folder, searched to its depths.</summary>
    [Required]
    public required StageInput Videos { get; init; }

    /// <summary>The form of the rows: <c>csv</c> (RFC 4180) or <c>jsonl</c>. Default csv.</summary>
    [RegularExpression("csv|jsonl")]
    public string Format { get; init; } = "csv";

    /// <summary>How many classes a row names, best first; at most the model's labels. Default 5.</summary>
    [Range(1, 10_000)]
    public int TopK { get; init; } = 5;

    /// <summary>Where true labels come from: <c>auto</c> (a list's, else folders where all are labels of the model), <c>none</c>, <c>folders</c>, <c>list</c>. Default auto.</summary>
    public TruthChoice Truth { get; init; }

    /// <summary>Patterns of names, of which one must agree; see <c>unreel score --help</c>. Default none: all videos.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of names of which none may agree. Default none.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>How many videos may be unreadable before the work stops with exit code 4; null for any number but all. Default null.</summary>
    [Range(0, int.MaxValue)]
    public int? MaxFailures { get; init; }

    /// <summary>Where inference runs: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. Default <c>cpu</c>.</summary>
    [RegularExpression("cpu|cuda(:[0-9]{1,2})?")]
    public string Device { get; init; } = "cpu";

    /// <summary>The threads of one inference; 0 to choose. Default 0.</summary>
    [RunOnly]
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Inferences at a time; 0 to choose. Default 0.</summary>
    [RunOnly]
    [Range(0, 1024)]
    public int Parallel { get; init; }

    /// <summary>Videos decoded at a time, ahead of inference; 0 means one for each core. Default 0.</summary>
    [RunOnly]
    [Range(0, 1024)]
    public int Workers { get; init; }
}
