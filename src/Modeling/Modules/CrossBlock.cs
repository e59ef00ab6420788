using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Attention of one sequence to another; as in <see cref="Attention"/>, the key has no bias.</summary>
/// <remarks>Shape letters: B clips, M queries, V tokens looked at, D width, H heads, K width of a head.</remarks>
internal sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "q")] private readonly Linear _query;
    [ComponentName(Name = "k")] private readonly Linear _key;
    [ComponentName(Name = "v")] private readonly Linear _value;
    [ComponentName(Name = "proj")] private readonly Linear _proj;
    private readonly int _heads;

    public CrossAttention(int width, int heads)
        : base(nameof(CrossAttention))
    {
        _heads = heads;
        _query = nn.Linear(width, width);
        _key = nn.Linear(width, width, hasBias: false);
        _value = nn.Linear(width, width);
        _proj = nn.Linear(width, width);
        RegisterComponents();
    }

    /// <summary>From queries [B, M, D] and what they look at [B, V, D] to [B, M, D].</summary>
    public override Tensor forward(Tensor queriesBMD, Tensor contextBVD)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor queryBHMK = Heads(_query.call(queriesBMD)) * Math.Sqrt((double)_heads / queriesBMD.shape[2]);
        Tensor attentionBHMV = matmul(queryBHMK, Heads(_key.call(contextBVD)).transpose(-2, -1)).softmax(-1);
        Tensor mixedBMD = matmul(attentionBHMV, Heads(_value.call(contextBVD))).transpose(1, 2).reshape(queriesBMD.shape);
        return _proj.call(mixedBMD).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Tensor xBND) => xBND.view(xBND.shape[0], xBND.shape[1], _heads, -1).transpose(1, 2);
}

/// <summary>A pre-norm transformer block whose attention looks at another sequence, which comes normalised.</summary>
internal sealed class CrossBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "norm1")] private readonly LayerNorm _norm1;
    [ComponentName(Name = "attn")] private readonly CrossAttention _attention;
    [ComponentName(Name = "norm2")] private readonly LayerNorm _norm2;
    [ComponentName(Name = "mlp")] private readonly Mlp _mlp;

    public CrossBlock(int width, int heads, int mlpWidth)
        : base(nameof(CrossBlock))
    {
        _norm1 = nn.LayerNorm(width, eps: Block.NormEpsilon);
        _attention = new CrossAttention(width, heads);
        _norm2 = nn.LayerNorm(width, eps: Block.NormEpsilon);
        _mlp = new Mlp(width, mlpWidth);
        RegisterComponents();
    }

    /// <summary>From queries [B, M, D] and what they look at [B, V, D] to [B, M, D].</summary>
    public override Tensor forward(Tensor queriesBMD, Tensor contextBVD)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mixedBMD = queriesBMD + _attention.call(_norm1.call(queriesBMD), contextBVD);
        return (mixedBMD + _mlp.call(_norm2.call(mixedBMD))).MoveToOuterDisposeScope();
    }
}
