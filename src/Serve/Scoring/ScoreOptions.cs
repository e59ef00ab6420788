using System.ComponentModel.DataAnnotations;

namespace Unreel.Serve.Scoring;

/// <summary>What to label and where to put the labels.</summary>
public sealed record ScoreOptions
{
    /// <summary>The model: an artifact (<c>onnx/name:tag</c>), an ONNX file, or a folder with a <c>model.onnx</c>.</summary>
    public required string Model { get; init; }

    /// <summary>A folder, searched to its depths, or a text file that names one video a line.</summary>
    public required string Videos { get; init; }

    /// <summary>The file to write, <c>.csv</c> (RFC 4180) or <c>.jsonl</c>. It appears when all rows are there; until then they are in a file beside it that ends in <c>.part</c>.</summary>
    public required string Out { get; init; }

    /// <summary>How many classes a row names, best first; at most the model's labels. Default 5.</summary>
    [Range(1, 10_000)]
    public int TopK { get; init; } = 5;

    /// <summary>How many videos may be unreadable before the work stops with exit code 4; null for any number. Default null.</summary>
    [Range(0, int.MaxValue)]
    public int? MaxFailures { get; init; }

    /// <summary>Goes on where an earlier run was stopped, if there was one.</summary>
    public bool Resume { get; init; }

    /// <summary>Throws away the rows of an earlier run that was stopped.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Threads that decode ahead of inference; 0 means one for each core. Default 0.</summary>
    [Range(0, 1024)]
    public int Workers { get; init; }
}

/// <summary>What came of scoring.</summary>
/// <param name="Videos">Rows in the file.</param>
/// <param name="Failed">Of these, videos that could not be read.</param>
/// <param name="Resumed">Of these, rows of an earlier run.</param>
/// <param name="Elapsed">The time this run took.</param>
/// <param name="Model">The model that gave the labels.</param>
public sealed record ScoreSummary(int Videos, int Failed, int Resumed, TimeSpan Elapsed, Models.ModelFile Model);
