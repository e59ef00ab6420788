namespace Unreel.Pipelines;

/// <summary>
/// The processes that were started with the same run, to do the work of some stages together. Rank 0 keeps the books: it looks
/// up what is finished, writes work folders and publishes; the others join it where a stage is shared, and go along otherwise.
/// </summary>
public interface IRunPeers
{
    /// <summary>This process, from 0.</summary>
    int Rank { get; }

    /// <summary>Whether one of the processes was asked to stop, and so all are.</summary>
    bool IsStopping { get; }

    /// <summary>A process in words, e.g. <c>rank 1 (node07, process 4711)</c>.</summary>
    string Name(int rank);

    /// <summary>Notes a text for all processes; a topic is told once.</summary>
    void Tell(string topic, string text);

    /// <summary>Waits for what was told; throws where the process that would tell it is gone.</summary>
    Task<string> HearAsync(string topic, CancellationToken ct);
}
