namespace Unreel.Pipelines;

/// <summary>Registers a type of exception that means the user's input is wrong, from code that does not know of pipelines.</summary>
/// <param name="Exception">The type; those that derive from it are meant too.</param>
public sealed record BadInput(Type Exception)
{
    /// <summary>Whether <paramref name="error"/> is one.</summary>
    public bool Includes(Exception error) => Exception.IsInstanceOfType(error);
}
