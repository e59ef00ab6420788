using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Finds latents of the masked tokens from those of the visible ones, so that decoders need not: one query for each masked place, the
/// mask token with the place's position, looks at the visible latents in a few cross-attention blocks.
/// </summary>
/// <remarks>
/// MAM2 ("Masked Appearance-Motion Modeling", 2022) puts a regressor between encoder and decoders; only its abstract is public. This is
/// our reading of it, after context autoencoders (Chen et al., 2022), without their second loss, which draws regressed latents to those
/// of a teacher, and without the queries among what is looked at.
/// </remarks>
internal sealed class Regressor : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "mask_token")] private readonly Parameter _maskToken;
    [ComponentName(Name = "blocks")] private readonly ModuleList<CrossBlock> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;

    /// <summary>Makes the modules.</summary>
    /// <param name="shape">The sizes; width, heads and MLPs are the encoder's.</param>
    /// <param name="depth">Blocks.</param>
    public Regressor(VideoTransformerShape shape, int depth)
        : base(nameof(Regressor))
    {
        _maskToken = nn.Parameter(zeros(1, 1, shape.Width));
        _blocks = nn.ModuleList([.. Enumerable.Range(0, depth).Select(_ => new CrossBlock(shape.Width, shape.Heads, shape.MlpWidth))]);
        _norm = nn.LayerNorm(shape.Width, eps: Block.NormEpsilon);
        RegisterComponents();
    }

    /// <summary>From the masked tokens' positions [B, M, D] and the visible latents [B, V, D] to latents [B, M, D].</summary>
    public override Tensor forward(Tensor positionsBMD, Tensor visibleBVD)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor xBMD = _maskToken + positionsBMD;
        foreach (CrossBlock block in _blocks)
            xBMD = block.call(xBMD, visibleBVD);
        return _norm.call(xBMD).MoveToOuterDisposeScope();
    }
}
