using System.Collections.Frozen;

namespace Unreel.Onnx;

/// <summary>Tells types and extents of a node's outputs from those of its inputs.</summary>
/// <exception cref="GraphException">The inputs are none that the operator takes.</exception>
internal delegate ValueFact[] OutputRule(NodeFacts node);

/// <summary>What is known of an operator.</summary>
/// <param name="Name">Its name, with its domain before it where it is none of the standard's.</param>
/// <param name="Outputs">Its rule.</param>
internal sealed record OperatorRule(string Name, OutputRule Outputs);

/// <summary>All operators that are known, by name.</summary>
internal static class OperatorRules
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    internal const string Ort = "com.microsoft";

    private static readonly FrozenDictionary<string, OperatorRule> All = new[]
    {
        ElementwiseRules.All, NormalisationRules.All, ShapeRules.All, MovementRules.All, SelectionRules.All, ProductRules.All, ConvolutionRules.All, QuantisationRules.All, AttentionRules.All,
    }.SelectMany(rules => rules).ToFrozenDictionary(rule => rule.Name);

    /// <summary>Finds an operator; null where it is not known.</summary>
    internal static OperatorRule? Find(string domain, string operation) => All.GetValueOrDefault(NameOf(domain, operation));

    /// <summary>An operator's name, with its domain before it where it is none of the standard's.</summary>
    internal static string NameOf(string domain, string operation) => domain is "" or "ai.onnx" ? operation : $"{domain}.{operation}";

    /// <summary>An operator with one output.</summary>
    internal static OperatorRule Rule(string name, Func<NodeFacts, ValueFact> output) => new(name, node => [output(node)]);

    /// <summary>An operator with several outputs.</summary>
    internal static OperatorRule Rules(string name, OutputRule outputs) => new(name, outputs);
}
