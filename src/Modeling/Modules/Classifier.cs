using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Random scales of one training step, drawn outside torch so that a resumed run draws the same.</summary>
/// <param name="Paths">Drop path, [block, branch (attention, MLP), clip]: 0 or 1 / kept share; null for none.</param>
/// <param name="Features">Dropout before the head, [clip, D]: 0 or 1 / kept share; null for none.</param>
internal sealed record ClassifierNoise(Tensor? Paths, Tensor? Features);

/// <summary>The encoder with a head: mean of all tokens, norm, linear layer. Its own final norm is dropped, as in VideoMAE.</summary>
/// <remarks>Shape letters: B clips, N tokens, D width, C values of a cube, L labels.</remarks>
internal sealed class Classifier : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbed _patchEmbed;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "fc_norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "head")] private readonly Linear _head;
    private readonly PositionTable _positions;

    public Classifier(VideoTransformerShape shape, int labels, Device device)
        : base(nameof(Classifier))
    {
        Shape = shape;
        _patchEmbed = new PatchEmbed(shape);
        _blocks = nn.ModuleList([.. Enumerable.Range(0, shape.Depth).Select(_ => new Block(shape.Width, shape.Heads, shape.MlpWidth))]);
        _norm = nn.LayerNorm(shape.Width, eps: Block.NormEpsilon);
        _head = nn.Linear(shape.Width, labels);
        _positions = new PositionTable(shape.Tokens, shape.Width, device);
        RegisterComponents();
    }

    /// <summary>The network's sizes.</summary>
    public VideoTransformerShape Shape { get; }

    /// <summary>Positions that imported weights brought along, row-major [N, D]; null for the sinusoid. They are not trained.</summary>
    public float[]? OwnPositions { get; private set; }

    /// <summary>Puts other positions in the sinusoid's place.</summary>
    public void SetPositions(float[] positions)
    {
        _positions.Set(positions);
        OwnPositions = positions;
    }

    /// <summary>From normalised cubes [B, N, C] to logits [B, L].</summary>
    public override Tensor forward(Tensor cubesBNC) => Run(cubesBNC, null);

    /// <summary>As <see cref="forward"/>, with the noise of a training step.</summary>
    public Tensor Run(Tensor cubesBNC, ClassifierNoise? noise)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor featuresBD = Features(cubesBNC, noise?.Paths);
        return _head.call(noise?.Features is { } kept ? featuresBD * kept : featuresBD).MoveToOuterDisposeScope();
    }

    private Tensor Features(Tensor cubesBNC, Tensor? paths)
    {
        Tensor xBND = _patchEmbed.call(cubesBNC) + _positions.All;
        for (int index = 0; index < _blocks.Count; index++)
        {
            Tensor? scales = paths?.select(0, index);
            xBND = _blocks[index].Run(xBND, scales?.select(0, 0), scales?.select(0, 1));
        }

        return _norm.call(xBND.mean([1]));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _positions.Dispose();
        base.Dispose(disposing);
    }
}
