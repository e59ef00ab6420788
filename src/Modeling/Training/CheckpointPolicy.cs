using System.ComponentModel.DataAnnotations;

namespace Unreel.Modeling;

/// <summary>When checkpoints are written and which are kept.</summary>
public sealed record CheckpointPolicy
{
    /// <summary>Time between checkpoints, at most. Default one minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Steps between checkpoints, at most. Default 1000.</summary>
    [Range(1L, long.MaxValue)]
    public long Steps { get; init; } = 1000;

    /// <summary>Checkpoints kept, newest first, at least 1. Default 2: if the newest is damaged, the one before it can take its place.</summary>
    [Range(1, 1000)]
    public int Keep { get; init; } = 2;

    /// <summary>Whether the checkpoint with the lowest mean loss of its last 100 steps is kept too. Default false.</summary>
    public bool KeepBest { get; init; }
}
