namespace Unreel.Pipelines;

/// <summary>One thing wrong in what the user wrote.</summary>
/// <param name="Where"><c>FILE:LINE:COLUMN</c>, or the part of the command line.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record Problem(string Where, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {Message}";
}

/// <summary>A pipeline file, a file of options or a <c>--set</c> is wrong; all that is wrong is told together. Exit code 2.</summary>
public sealed class ConfigurationException(IReadOnlyList<Problem> problems)
    : UsageException(string.Join('\n', problems))
{
    /// <summary>What is wrong, in the order of reading.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;
}

/// <summary>Collects problems so that they are told together.</summary>
internal sealed class Problems
{
    private readonly List<Problem> _all = [];

    public int Count => _all.Count;

    public IReadOnlyList<Problem> All => _all;

    public void Add(Position at, string message)
    {
        // A value used by several stages of a matrix is wrong once.
        Problem problem = new(at.ToString(), message);
        if (!_all.Contains(problem))
            _all.Add(problem);
    }

    /// <exception cref="ConfigurationException">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_all.Count > 0)
            throw new ConfigurationException([.. _all]);
    }
}
