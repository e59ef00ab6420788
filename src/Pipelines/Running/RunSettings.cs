namespace Unreel.Pipelines;

/// <summary>How a pipeline is to be run.</summary>
public sealed record RunSettings
{
    /// <summary>Where artifacts are kept; by default what the pipeline says.</summary>
    public string? Store { get; init; }

    /// <summary>The folder for work in progress and fetched inputs; by default <c>.unreel</c> beside the pipeline.</summary>
    public string? WorkRoot { get; init; }

    /// <summary>Run every stage again, finished or not.</summary>
    public bool ForceAll { get; init; }

    /// <summary>Stages to run again, by id; a matrix's id means all of it.</summary>
    public IReadOnlyList<string> Force { get; init; } = [];

    /// <summary>Run this stage and all that depend on it again.</summary>
    public string? From { get; init; }

    /// <summary>Run these stages only; what they need must be finished. Empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Only say what would run, and why.</summary>
    public bool DryRun { get; init; }

    /// <summary>Check the bytes of finished outputs, not only that they exist with the right sizes.</summary>
    public bool VerifyDeep { get; init; }

    /// <summary>Whether the lock file beside the pipeline is written.</summary>
    public bool WriteLockFile { get; init; } = true;

    /// <summary>Whether to wait for another process that runs the same stage; otherwise that is an error.</summary>
    public bool WaitForOthers { get; init; } = true;

    /// <summary>Do only this part of the one stage that is wanted; its files go to the store, and nothing is published. Null: the whole stage.</summary>
    public StageShard? Shard { get; init; }

    /// <summary>Put the one stage that is wanted together from this many parts, all of which must be finished. Null: from parts where a complete set is there.</summary>
    public int? Parts { get; init; }

    /// <summary>Keep running: look at the inputs this often and run again when one has changed. Null: run once.</summary>
    public TimeSpan? Watch { get; init; }

    /// <summary>An engine whose machines do the work. Null: this machine.</summary>
    public EngineSettings? Engine { get; init; }

    /// <summary>How many stages may work at once, whatever they need. Null: as many as fit the machine together, see <see cref="StageNeeds"/>.</summary>
    public int? Jobs { get; init; }

    /// <summary>After a failure, run everything that does not depend on what failed. Otherwise what runs is finished and nothing new begins.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Which runs leave a record in the store.</summary>
    public RunRecording Record { get; init; } = RunRecording.Worked;
}

/// <summary>Which runs leave a record, with the logs of their stages, in the store. Dry runs never do.</summary>
public enum RunRecording
{
    /// <summary>Those in which a stage ran, well or not. A run that found everything up to date changes nothing, and a schedule that runs every minute must not fill the store.</summary>
    Worked,

    /// <summary>All.</summary>
    Always,

    /// <summary>None.</summary>
    Never,
}
