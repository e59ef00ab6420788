using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Self-attention whose key has no bias (VideoMAE keeps q_bias and v_bias as parameters of their own).</summary>
/// <remarks>The result has the type computed in. Shape letters: B clips, N tokens, D width, H heads, K width of a head, M three times D.</remarks>
internal sealed class Attention : nn.Module<Tensor, Tensor>, IMixedPrecision
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

    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    public override Tensor forward(Tensor xBND)
    {
        using DisposeScope scope = NewDisposeScope();
        (long clips, long tokens, long width) = (xBND.shape[0], xBND.shape[1], xBND.shape[2]);

        Tensor bias = cat([_queryBias, zeros_like(_valueBias), _valueBias]);
        Tensor qkvBNM = nn.functional.linear(xBND.to(ComputeType), _qkv.weight.to(ComputeType), bias.to(ComputeType));
        Tensor[] heads = [.. qkvBNM.chunk(3, -1)
            .Select(partBND => partBND.view(clips, tokens, _heads, width / _heads).transpose(1, 2))];
        Tensor mixedBHNK = nn.functional.scaled_dot_product_attention(heads[0], heads[1], heads[2]);
        Tensor mixedBND = mixedBHNK.transpose(1, 2).reshape(clips, tokens, width);
        return MixedPrecision.Run(_proj, mixedBND, ComputeType).MoveToOuterDisposeScope();
    }

    /// <summary>The keys of all heads side by side, [B, N, D], as <see cref="forward"/> computes them from the same tokens.</summary>
    public Tensor Keys(Tensor xBND)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(xBND, _qkv.weight.chunk(3, 0)[1]).MoveToOuterDisposeScope();
    }
}
