using System.Globalization;
using TorchSharp.Modules;

namespace Unreel.Modeling;

/// <summary>Parameters that share a learning-rate scale and a weight decay.</summary>
/// <param name="Scale">What the schedule's rate is multiplied by.</param>
/// <param name="WeightDecay">The weight decay.</param>
/// <param name="Members">The parameters with their names.</param>
internal sealed record LayerGroup(double Scale, double WeightDecay, IReadOnlyList<(string Name, Parameter Parameter)> Members);

/// <summary>
/// Splits parameters by layer and by whether they decay. Layer 0 is the patch embedding and the mask token, layer i + 1 block i,
/// the last everything above; a layer's scale is decay^(last - layer) (Clark et al., "ELECTRA", 2020, as BEiT and VideoMAE use it).
/// </summary>
internal static class LayerGroups
{
    private const string BlockPrefix = "blocks.";

    public static IReadOnlyList<LayerGroup> Split(IEnumerable<(string Name, Parameter Parameter)> parameters, int depth, OptimiserSettings settings) =>
    [
        .. parameters
            .GroupBy(entry => (Layer: settings.LayerDecay < 1 ? Layer(entry.Name, depth) : depth + 1, Decays: Decays(entry.Name, entry.Parameter.shape.Length)))
            .OrderBy(group => group.Key)
            .Select(group => new LayerGroup(
                Math.Pow(settings.LayerDecay, depth + 1 - group.Key.Layer),
                group.Key.Decays ? settings.WeightDecay : 0,
                [.. group])),
    ];

    /// <summary>The layer of a parameter of a model of <paramref name="depth"/> blocks: 0 to depth + 1.</summary>
    public static int Layer(string name, int depth)
    {
        if (name == "mask_token" || name.StartsWith("patch_embed.", StringComparison.Ordinal))
            return 0;

        return name.StartsWith(BlockPrefix, StringComparison.Ordinal)
            ? int.Parse(name[BlockPrefix.Length..].Split('.')[0], CultureInfo.InvariantCulture) + 1
            : depth + 1;
    }

    /// <summary>Whether weight decay applies: not to vectors, and not to mask tokens.</summary>
    public static bool Decays(string name, int dimensions) => dimensions > 1 && !Parameters.IsMaskToken(name);
}
