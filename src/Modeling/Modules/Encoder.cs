using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The encoder as pre-training has it: it sees visible tokens only and ends with a norm.</summary>
internal sealed class Encoder : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbed _patchEmbed;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;

    public Encoder(VideoTransformerShape shape)
        : base(nameof(Encoder))
    {
        _patchEmbed = new PatchEmbed(shape);
        _blocks = nn.ModuleList([.. Enumerable.Range(0, shape.Depth).Select(_ => new Block(shape.Width, shape.Heads, shape.MlpWidth))]);
        _norm = nn.LayerNorm(shape.Width, eps: Block.NormEpsilon);
        RegisterComponents();
    }

    /// <summary>From cubes [B, N, C] to tokens without positions [B, N, D].</summary>
    public Tensor Embed(Tensor cubesBNC) => _patchEmbed.call(cubesBNC);

    /// <summary>From visible tokens [B, V, D] and their positions [B, V, D] to latents [B, V, D].</summary>
    public override Tensor forward(Tensor tokensBVD, Tensor positionsBVD)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor xBVD = tokensBVD + positionsBVD;
        foreach (Block block in _blocks)
            xBVD = block.call(xBVD);
        return _norm.call(xBVD).MoveToOuterDisposeScope();
    }
}
