using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>The file of a pipeline that is watched: read anew when it has changed.</summary>
internal sealed class WatchedFile
{
    private readonly Func<PipelineFile> _load;
    private readonly ErrorKinds _errors;
    private readonly IRunReporter _reporter;

    public WatchedFile(PipelineFile pipeline, Func<PipelineFile> load, ErrorKinds errors, IRunReporter reporter)
    {
        (Pipeline, _load, _errors, _reporter) = (pipeline, load, errors, reporter);
        State = Digests();
    }

    /// <summary>The pipeline as it was last read without mistakes.</summary>
    public PipelineFile Pipeline { get; private set; }

    /// <summary>Whether the file holds no mistakes now.</summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>What the file holds, as a text to compare.</summary>
    public string State { get; private set; }

    /// <summary>Looks whether it has changed.</summary>
    /// <returns>The pipeline; null while what the file holds is wrong, which is told once for every change.</returns>
    public PipelineFile? Look()
    {
        string now = Digests();
        if (now == State)
            return IsSound ? Pipeline : null;

        State = now;
        try
        {
            Pipeline = _load();
            IsSound = true;
            _reporter.Message(MessageLevel.Info, null, $"{Names()} has changed and is read anew.");
            return Pipeline;
        }
        catch (Exception e) when (_errors.IsBadInput(e) || e is IOException or UnauthorizedAccessException)
        {
            IsSound = false;
            foreach (string line in _errors.Explain(e))
                _reporter.Message(MessageLevel.Error, null, line);
            _reporter.Message(MessageLevel.Info, null, $"Nothing runs until {Names()} is mended.");
            return null;
        }
    }

    private string Names() => string.Join(", ", Pipeline.Sources.Select(Path.GetFileName));

    private string Digests() => string.Join('\n', Pipeline.Sources.Select(StateOf));

    private static string StateOf(string path)
    {
        try
        {
            return Digest.Of(File.ReadAllBytes(path)).ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or not to be read: reading the pipeline says so.
            return e.GetType().Name;
        }
    }
}
