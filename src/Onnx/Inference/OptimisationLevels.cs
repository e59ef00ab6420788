using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>How much ONNX Runtime can be asked to rewrite a graph.</summary>
public static class OptimisationLevels
{
    /// <summary>The levels that the ONNX Runtime in use tells apart, the least first.</summary>
    public static IReadOnlyList<OnnxOptimisation> Present { get; } = [.. Enum.GetValues<OnnxOptimisation>().Where(level => Find(level) is not null)];

    /// <summary>The library's own value.</summary>
    /// <exception cref="OnnxModelException">The library knows no such level.</exception>
    internal static GraphOptimizationLevel Of(OnnxOptimisation level, string model) =>
        Find(level) ?? throw new OnnxModelException(model, $"cannot be loaded at the level {level}: this ONNX Runtime has {string.Join(", ", Present)}");

    // By name: newer versions have a level that older ones have not.
    private static GraphOptimizationLevel? Find(OnnxOptimisation level)
    {
        string name = level == OnnxOptimisation.Disabled ? "ORT_DISABLE_ALL" : $"ORT_ENABLE_{level.ToString().ToUpperInvariant()}";
        return Enum.TryParse(name, out GraphOptimizationLevel found) ? found : null;
    }
}
