using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Says how worth seeing each token is: one transformer block over all tokens, then one number a token, whose softmax over the clip is
/// the chance of being drawn (Bandara et al., "AdaMAE", 2023). Unlike there, positions are the fixed ones and nothing is dropped.
/// </summary>
internal sealed class Sampler : nn.Module<Tensor, Tensor>
{
    private const int PaperHeads = 8;

    [ComponentName(Name = "block")] private readonly Block _block;
    [ComponentName(Name = "head")] private readonly Linear _head;

    /// <summary>Makes the modules: 8 heads where the width allows, else as many as the encoder has.</summary>
    public Sampler(VideoTransformerShape shape)
        : base(nameof(Sampler))
    {
        _block = new Block(shape.Width, shape.Width % PaperHeads == 0 ? PaperHeads : shape.Heads, shape.MlpWidth);
        _head = nn.Linear(shape.Width, 1);
        RegisterComponents();
    }

    /// <summary>From all tokens with their positions [B, N, D] to logarithms of probabilities [B, N].</summary>
    public override Tensor forward(Tensor tokensBND)
    {
        using DisposeScope scope = NewDisposeScope();
        return _head.call(_block.call(tokensBND)).squeeze(2).log_softmax(-1).MoveToOuterDisposeScope();
    }
}
