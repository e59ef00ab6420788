using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Self-attention whose key has no bias (VideoMAE keeps q_bias and v_bias as parameters of their own).</summary>
/// <remarks>Shape letters: B clips, N tokens, D width, H heads, K width of a head.</remarks>
internal sealed class Attention : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "q_bias")] private readonly Parameter _queryBias;
    [ComponentName(Name = "v_bias")] private readonly Parameter _valueBias;
    [ComponentName(Name = "qkv")] private readonly Linear _qkv;
    [ComponentName(Name = "proj")] private readonly Linear _proj;
    private readonly int _heads;

    public Attention(int width, int heads)
        : base(nameof(Attention))
    {
        _heads = heads;
        _queryBias = nn.Parameter(zeros(width));
        _valueBias = nn.Parameter(zeros(width));
        _qkv = nn.Linear(width, 3 * width, hasBias: false);
        _proj = nn.Linear(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor xBND)
    {
        using DisposeScope scope = NewDisposeScope();
        (long clips, long tokens, long width) = (xBND.shape[0], xBND.shape[1], xBND.shape[2]);
        long headWidth = width / _heads;

        Tensor bias = cat([_queryBias, zeros_like(_valueBias), _valueBias]);
        Tensor qkv3BHNK = nn.functional.linear(xBND, _qkv.weight, bias)
            .view(clips, tokens, 3, _heads, headWidth)
            .permute(2, 0, 3, 1, 4);
        Tensor queryBHNK = qkv3BHNK.select(0, 0) * (1.0 / Math.Sqrt(headWidth));
        Tensor attentionBHNN = matmul(queryBHNK, qkv3BHNK.select(0, 1).transpose(-2, -1)).softmax(-1);
        Tensor mixedBND = matmul(attentionBHNN, qkv3BHNK.select(0, 2)).transpose(1, 2).reshape(clips, tokens, width);
        return _proj.call(mixedBND).MoveToOuterDisposeScope();
    }
}
