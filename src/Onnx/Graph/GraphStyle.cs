namespace Unreel.Onnx;

/// <summary>Whom a graph is written for.</summary>
public enum GraphFlavour
{
    /// <summary>Operators of the ONNX standard only: the graph runs in any tool.</summary>
    Portable,

    /// <summary>ONNX Runtime's own fused operators (<c>com.microsoft</c>) where they were measured to pay.</summary>
    Ort,
}

/// <summary>In which operators a graph is written.</summary>
/// <param name="Flavour">Whom it is written for. Default portable.</param>
/// <param name="Opset">Version of the standard operators, 17 (LayerNormalization) to 24. Default 17.</param>
public readonly record struct GraphStyle(GraphFlavour Flavour = GraphFlavour.Portable, int Opset = GraphStyle.LeastOpset)
{
    /// <summary>The oldest version that has every operator needed.</summary>
    public const int LeastOpset = 17;

    /// <summary>The newest version whose operators are known here.</summary>
    public const int MostOpset = 24;

    /// <summary>Portable operators of opset 17.</summary>
    public GraphStyle()
        : this(GraphFlavour.Portable)
    {
    }

    /// <summary>Version of the file format that came with the opset: readers refuse what is newer than they are, so take no newer one than needed.</summary>
    internal long IrVersion => Opset switch
    {
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        _ => 12,
    };

    /// <summary>Checks that the opset is known.</summary>
    /// <exception cref="GraphException">It is not.</exception>
    internal void Validate()
    {
        if (Opset is < LeastOpset or > MostOpset)
            throw new GraphException($"Opset {Opset} is not supported: expected {LeastOpset} (which brought LayerNormalization) to {MostOpset}");
    }
}
