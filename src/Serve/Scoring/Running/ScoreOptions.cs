using System.ComponentModel.DataAnnotations;

namespace Unreel.Serve.Scoring;

/// <summary>What to label and where to put the labels.</summary>
public sealed record ScoreOptions
{
    /// <summary>The model: an artifact (<c>onnx/name:tag</c>), an ONNX file, or a folder with a <c>model.onnx</c>.</summary>
    public required string Model { get; init; }

    /// <summary>A folder, searched to its depths, a text file that names one video a line, or an artifact (<c>clips/name:tag</c>) that holds videos.</summary>
    public required string Videos { get; init; }

    /// <summary>
    /// The file to write, <c>.csv</c> (RFC 4180) or <c>.jsonl</c>, or an artifact (<c>scores/name:tag</c>). It appears when all rows are there; until then they are in a
    /// file beside it that ends in <c>.part</c>, those of an artifact below <see cref="Work"/>.
    /// </summary>
    public required string Out { get; init; }

    /// <summary>The form of an artifact's rows: <c>csv</c> or <c>jsonl</c>; null for what the name of <see cref="Out"/> says, and <c>csv</c> for an artifact. Default null.</summary>
    [RegularExpression("csv|jsonl", ErrorMessage = "The format is neither csv nor jsonl.")]
    public string? Format { get; init; }

    /// <summary>Patterns of names below the folder, of which one must agree; see <c>unreel score --help</c>. Default none: all videos.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of names of which none may agree. Default none.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The folder in which a list's relative paths begin; null for that of the list. Default null.</summary>
    public string? Root { get; init; }

    /// <summary>Where true labels come from. Default <see cref="TruthChoice.Auto"/>.</summary>
    public TruthChoice Truth { get; init; }

    /// <summary>The part of the videos to score; null for all. Default null.</summary>
    public ShardChoice? Shard { get; init; }

    /// <summary>How many classes a row names, best first; at most the model's labels. Default 5.</summary>
    [Range(1, 10_000)]
    public int TopK { get; init; } = 5;

    /// <summary>How many videos may be unreadable before the work stops with exit code 4; null for any number. Default null.</summary>
    [Range(0, int.MaxValue)]
    public int? MaxFailures { get; init; }

    /// <summary>Goes on where an earlier run was stopped, if there was one; one that came to its end is left as it is.</summary>
    public bool Resume { get; init; }

    /// <summary>Throws away what an earlier run left, finished or not; with <see cref="Resume"/> only what was finished.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Videos decoded at a time, ahead of inference; 0 means one for each core. Default 0.</summary>
    [Range(0, 1024)]
    public int Workers { get; init; }

    /// <summary>The folder for the rows of an artifact until it is published; null for <c>work</c> in the store's folder, or <c>.unreel/work</c> here where the store is elsewhere. Default null.</summary>
    public string? Work { get; init; }
}
