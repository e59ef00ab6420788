using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Attention from one learned query to all tokens.</summary>
/// <remarks>Shape letters: B clips, N tokens, D width, H heads, K width of a head.</remarks>
internal sealed class PoolingAttention : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "q")] private readonly Linear _query;
    [ComponentName(Name = "kv")] private readonly Linear _keyValue;
    [ComponentName(Name = "proj")] private readonly Linear _proj;
    private readonly int _heads;

    public PoolingAttention(int width, int heads)
        : base(nameof(PoolingAttention))
    {
        _heads = heads;
        _query = nn.Linear(width, width);
        _keyValue = nn.Linear(width, 2 * width);
        _proj = nn.Linear(width, width);
        RegisterComponents();
    }

    /// <summary>From a query [1, 1, D] and tokens [B, N, D] to [B, 1, D].</summary>
    public override Tensor forward(Tensor query11D, Tensor xBND)
    {
        using DisposeScope scope = NewDisposeScope();
        (long clips, long tokens, long width) = (xBND.shape[0], xBND.shape[1], xBND.shape[2]);
        long headWidth = width / _heads;

        Tensor query1H1K = (_query.call(query11D) * (1.0 / Math.Sqrt(headWidth))).view(1, 1, _heads, headWidth).transpose(1, 2);
        Tensor keyValue2BHNK = _keyValue.call(xBND).view(clips, tokens, 2, _heads, headWidth).permute(2, 0, 3, 1, 4);
        Tensor attentionBH1N = matmul(query1H1K, keyValue2BHNK.select(0, 0).transpose(-2, -1)).softmax(-1);
        Tensor mixedB1D = matmul(attentionBH1N, keyValue2BHNK.select(0, 1)).transpose(1, 2).reshape(clips, 1, width);
        return _proj.call(mixedB1D).MoveToOuterDisposeScope();
    }
}

/// <summary>A pre-norm block of cross-attention whose query is learned: all tokens in, one vector out (Bardes et al., "V-JEPA", 2024).</summary>
internal sealed class AttentivePool : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "query")] private readonly Parameter _query;
    [ComponentName(Name = "norm1")] private readonly LayerNorm _norm1;
    [ComponentName(Name = "attn")] private readonly PoolingAttention _attention;
    [ComponentName(Name = "norm2")] private readonly LayerNorm _norm2;
    [ComponentName(Name = "mlp")] private readonly Mlp _mlp;

    public AttentivePool(VideoTransformerShape shape)
        : base(nameof(AttentivePool))
    {
        _query = nn.Parameter(zeros(1, 1, shape.Width));
        _norm1 = nn.LayerNorm(shape.Width, eps: Block.NormEpsilon);
        _attention = new PoolingAttention(shape.Width, shape.Heads);
        _norm2 = nn.LayerNorm(shape.Width, eps: Block.NormEpsilon);
        _mlp = new Mlp(shape.Width, shape.MlpWidth);
        RegisterComponents();
    }

    /// <summary>From tokens [B, N, D] to [B, D].</summary>
    public override Tensor forward(Tensor xBND)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pooledB1D = _query + _attention.call(_query, _norm1.call(xBND));
        return (pooledB1D + _mlp.call(_norm2.call(pooledB1D))).squeeze(1).MoveToOuterDisposeScope();
    }
}
