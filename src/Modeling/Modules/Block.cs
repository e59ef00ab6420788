using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Two linear layers with an exact GELU between them; the result has the type computed in.</summary>
internal sealed class Mlp : nn.Module<Tensor, Tensor>, IMixedPrecision
{
    [ComponentName(Name = "fc1")] private readonly Linear _fc1;
    [ComponentName(Name = "fc2")] private readonly Linear _fc2;

    public Mlp(int width, int hidden)
        : base(nameof(Mlp))
    {
        _fc1 = nn.Linear(width, hidden);
        _fc2 = nn.Linear(hidden, width);
        RegisterComponents();
    }

    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    public override Tensor forward(Tensor xBND)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hiddenBNM = nn.functional.gelu(MixedPrecision.Run(_fc1, xBND, ComputeType));
        return MixedPrecision.Run(_fc2, hiddenBNM, ComputeType).MoveToOuterDisposeScope();
    }
}

/// <summary>A pre-norm transformer block.</summary>
internal sealed class Block : nn.Module<Tensor, Tensor>
{
    /// <summary>The epsilon of every layer norm of VideoMAE.</summary>
    public const double NormEpsilon = 1e-6;

    [ComponentName(Name = "norm1")] private readonly LayerNorm _norm1;
    [ComponentName(Name = "attn")] private readonly Attention _attention;
    [ComponentName(Name = "norm2")] private readonly LayerNorm _norm2;
    [ComponentName(Name = "mlp")] private readonly Mlp _mlp;

    public Block(int width, int heads, int mlpWidth)
        : base(nameof(Block))
    {
        _norm1 = nn.LayerNorm(width, eps: NormEpsilon);
        _attention = new Attention(width, heads);
        _norm2 = nn.LayerNorm(width, eps: NormEpsilon);
        _mlp = new Mlp(width, mlpWidth);
        RegisterComponents();
    }

    public override Tensor forward(Tensor xBND) => Run(xBND, null, null);

    /// <summary>Runs with the two branches scaled for each clip (drop path), or unscaled where a scale is null.</summary>
    public Tensor Run(Tensor xBND, Tensor? attentionScaleB, Tensor? mlpScaleB)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mixedBND = xBND + Scaled(_attention.call(_norm1.call(xBND)), attentionScaleB);
        return (mixedBND + Scaled(_mlp.call(_norm2.call(mixedBND)), mlpScaleB)).MoveToOuterDisposeScope();
    }

    private static Tensor Scaled(Tensor branchBND, Tensor? scaleB)
    {
        Tensor floatsBND = branchBND.to(ScalarType.Float32);
        return scaleB is null ? floatsBND : floatsBND * scaleB.view(-1, 1, 1);
    }
}
