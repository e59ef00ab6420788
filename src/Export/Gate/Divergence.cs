using System.Globalization;

namespace Unreel.Export;

/// <summary>How far a module's value is off in the graph.</summary>
/// <param name="Module">The module's name.</param>
/// <param name="Difference">The root of the summed squared differences over that of the network's squared values.</param>
internal sealed record ModuleDifference(string Module, double Difference);

/// <summary>Where a graph parts from its network.</summary>
/// <param name="Modules">What was compared, each after those that it depends on.</param>
/// <param name="First">The first that is off; null where the difference grows everywhere or vanishes when one looks.</param>
/// <param name="Place">Where and how the graph was run.</param>
/// <param name="Clip">The number of the clip.</param>
internal sealed record Divergence(IReadOnlyList<ModuleDifference> Modules, ModuleDifference? First, ParityPlace Place, int Clip)
{
    /// <summary>A module is off when its difference is so many times the largest before it.</summary>
    public const double Jump = 10;

    /// <summary>
    /// Finds the first module that is off. Differences need not grow along a graph, so none is inferred from those beside it: it is the first in the
    /// graph's order whose difference is <see cref="Jump"/> times the largest before it, or no number. What is within <paramref name="floor"/>, the
    /// rounding of one layer, counts as that.
    /// </summary>
    /// <param name="modules">In the graph's order.</param>
    /// <param name="floor">Differences up to this are rounding.</param>
    /// <param name="before">The largest difference of what comes before them.</param>
    public static ModuleDifference? FirstOff(IReadOnlyList<ModuleDifference> modules, double floor, double before = 0)
    {
        double largest = Math.Max(before, floor);
        foreach (ModuleDifference module in modules)
        {
            if (!(module.Difference <= Jump * largest))
                return module;
            largest = Math.Max(largest, module.Difference);
        }

        return null;
    }

    /// <summary>The finding in a sentence or two.</summary>
    public override string ToString()
    {
        if (Modules.Count == 0)
            return "No value of the graph carries the name of a module, so where they part cannot be told.";
        if (First is { } first)
        {
            double before = Modules.TakeWhile(module => module != first).Select(module => module.Difference).Append(0).Max();
            return Text($"They part at '{first.Module}': its values are off by {first.Difference:G2} of their size, those before it by {before:G2} at most ({Place}).");
        }

        ModuleDifference most = Modules.MaxBy(module => module.Difference)!;
        return Text($"No single module is to blame: differences grow from '{Modules[0].Module}' ({Modules[0].Difference:G2} of its size) to '{most.Module}' ({most.Difference:G2}) without a jump ({Place}).");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
