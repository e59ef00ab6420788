namespace Unreel.Modeling;

/// <summary>A model, its weights or its training cannot be used as asked; the message names the thing, what was expected and what was found.</summary>
public class ModelException : Exception
{
    /// <summary>Makes the error.</summary>
    public ModelException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>Training met a number that is not finite and stopped; the last checkpoint is untouched.</summary>
public sealed class NonFiniteException : ModelException
{
    /// <summary>Makes the error.</summary>
    /// <param name="what">What went bad: the loss, or a tensor's name.</param>
    /// <param name="step">The step (from 0) that met it.</param>
    /// <param name="samples">The samples of that step's batch.</param>
    public NonFiniteException(string what, long step, IReadOnlyList<string> samples)
        : base($"{what} is not finite at step {step}; training stopped, the last checkpoint is kept. The batch held: {string.Join(", ", samples)}.") =>
        (Step, Samples) = (step, samples);

    /// <summary>The step (from 0) that met it.</summary>
    public long Step { get; }

    /// <summary>The samples of that step's batch, e.g. <c>12 (walk/moshe_walk.avi)</c>.</summary>
    public IReadOnlyList<string> Samples { get; }
}
