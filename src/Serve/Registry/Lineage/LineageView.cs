using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>What an artifact came from and what came of it, as far as it is to be shown.</summary>
/// <param name="Nodes">Artifacts and other inputs, the one looked at first.</param>
/// <param name="Edges">What was made from what, among them.</param>
/// <param name="LeftOut">How many neighbours of what is shown are not shown.</param>
/// <param name="IsDeeper">Whether some of these lie beyond the depth that was asked for.</param>
internal sealed record LineageView(IReadOnlyList<LineageNode> Nodes, IReadOnlyList<LineageEdge> Edges, int LeftOut, bool IsDeeper)
{
    /// <summary>Walks both ways from an artifact; safe against cycles, however deep the lineage is.</summary>
    /// <param name="snapshot">What there is.</param>
    /// <param name="from">The artifact; its inputs are those given, whether the snapshot knows it yet or not.</param>
    /// <param name="inputs">What it was made from.</param>
    /// <param name="depth">How many steps at most, each way.</param>
    /// <param name="most">How many nodes at most, each way.</param>
    public static LineageView Of(IndexSnapshot snapshot, ArtifactRef from, IReadOnlyList<LineageInput> inputs, int depth, int most) =>
        new LineageWalk(snapshot, depth, most).Run(from, inputs);
}

/// <summary>An artifact or another input.</summary>
/// <param name="Id">What edges call it: its digest.</param>
/// <param name="Reference">The artifact; null for what is none, or is not in the store any more.</param>
/// <param name="Text">What an input that is no artifact is called.</param>
/// <param name="Stage">The stage that made it; null where that is not known.</param>
/// <param name="Column">Its place: negative for what it came from, 0 for the one looked at, positive for what came of it.</param>
internal sealed record LineageNode(string Id, ArtifactRef? Reference, string Text, string? Stage, int Column);

/// <summary>One thing was made from another.</summary>
/// <param name="From">The input.</param>
/// <param name="To">What was made from it.</param>
/// <param name="Option">The option that named the input.</param>
internal sealed record LineageEdge(string From, string To, string Option);
