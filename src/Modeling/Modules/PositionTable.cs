using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The fixed positions as a tensor. No module, so that it is in no state dict.</summary>
internal sealed class PositionTable : IDisposable
{
    private readonly Tensor _tableND;

    public PositionTable(int tokens, int width, Device device) =>
        _tableND = tensor(Sinusoid.Table(tokens, width), [tokens, width], device: device).DetachFromDisposeScope();

    /// <summary>All positions, [N, D].</summary>
    public Tensor All => _tableND;

    /// <summary>The positions of numbered tokens: from [B, V] to [B, V, D].</summary>
    public Tensor Select(Tensor tokensBV) =>
        _tableND.index_select(0, tokensBV.reshape(-1)).view(tokensBV.shape[0], tokensBV.shape[1], _tableND.shape[1]);

    /// <summary>Puts other positions, row-major [N, D], in the sinusoid's place.</summary>
    public void Set(float[] values) => Parameters.Set(_tableND, values);

    public void Dispose() => _tableND.Dispose();
}
