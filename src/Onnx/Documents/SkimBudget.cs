namespace Unreel.Onnx;

/// <summary>How much of a model is read into memory beside its weights: names, nodes, small constants. A model that has more of it is not for us.</summary>
/// <param name="each">Bytes of one field.</param>
/// <param name="all">Bytes of all fields together.</param>
internal sealed class SkimBudget(long each, long all)
{
    private long _taken;

    /// <summary>For a model that is to be run or rewritten.</summary>
    internal static SkimBudget ForUse() => new(512L << 20, 2L << 30);

    /// <summary>For one that is only looked at, perhaps by anyone who can reach a server.</summary>
    internal static SkimBudget ForLook() => new(16L << 20, 64L << 20);

    /// <summary>Says that a field is about to be read.</summary>
    /// <exception cref="OnnxModelException">It is too large, or too much was read before it.</exception>
    internal void Take(string name, int field, long bytes)
    {
        if (bytes > each)
            throw new OnnxModelException(name, $"has a field {field} of {bytes} bytes; at most {each} are read");
        if ((_taken += bytes) > all)
            throw new OnnxModelException(name, $"has more than {all} bytes beside its weights, which are not read");
    }
}
