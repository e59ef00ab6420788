using System.Text.RegularExpressions;

namespace Unreel.Pipelines;

/// <summary>What <c>${…}</c> holds: <c>stage</c>, <c>stage.option</c> or <c>matrix.axis</c>.</summary>
internal static partial class StageReference
{
    /// <summary>Finds <c>${…}</c> in text; <c>$${</c> stands for <c>${</c> itself.</summary>
    [GeneratedRegex(@"\$\$\{|\$\{(?<inside>[^}]*)\}", RegexOptions.ExplicitCapture)]
    public static partial Regex Pattern();

    /// <summary>A stage's id in a pipeline file.</summary>
    [GeneratedRegex(@"\A[a-z][a-z0-9_-]{0,63}\z")]
    public static partial Regex IdPattern();

    /// <summary>Splits what is inside into the stage (with its <c>[axis=value]</c>) and the path of the option.</summary>
    public static (string Stage, string? Option) Split(string inside)
    {
        int bracket = inside.IndexOf(']', StringComparison.Ordinal);
        int dot = inside.IndexOf('.', bracket < 0 ? 0 : bracket);
        return dot < 0 ? (inside.Trim(), null) : (inside[..dot].Trim(), inside[(dot + 1)..].Trim());
    }
}
