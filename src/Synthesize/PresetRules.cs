using System.ComponentModel.DataAnnotations;

namespace Unreel.Synthesize;

/// <summary>Holds presets against their validation attributes.</summary>
internal static class PresetRules
{
    /// <summary>What is wrong with a preset, a sentence each; empty if nothing is.</summary>
    public static List<string> Check(object preset)
    {
        List<ValidationResult> results = [];
        _ = Validator.TryValidateObject(preset, new ValidationContext(preset), results, validateAllProperties: true);
        return [.. results.Select(result => result.ErrorMessage ?? "a value is out of its range.")];
    }
}
