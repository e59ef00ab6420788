using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Random scales of one training step, drawn outside torch so that a resumed run draws the same.</summary>
/// <param name="Paths">Drop path, [block, branch (attention, MLP), clip]: 0 or 1 / kept share; null for none.</param>
/// <param name="Features">Dropout before the head, [clip, D]: 0 or 1 / kept share; null for none.</param>
internal sealed record ClassifierNoise(Tensor? Paths, Tensor? Features);

/// <summary>
/// The encoder with a head: all tokens become one vector, by their mean or by attention; norm, linear layer. The encoder's own
/// final norm is dropped, as in VideoMAE.
/// </summary>
/// <remarks>Shape letters: B clips, N tokens, D width, C values of a cube, L labels.</remarks>
internal sealed class Classifier : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbed _patchEmbed;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "pool")] private readonly AttentivePool? _pool;
    [ComponentName(Name = "fc_norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "head")] private readonly Linear _head;
    private readonly PositionTable _positions;
    private int? _frozenBlocks;

    public Classifier(VideoTransformerShape shape, int labels, Device device, TokenPooling pooling = TokenPooling.Mean)
        : base(nameof(Classifier))
    {
        Shape = shape;
        _patchEmbed = new PatchEmbed(shape);
        _blocks = nn.ModuleList([.. Enumerable.Range(0, shape.Depth).Select(_ => new Block(shape.Width, shape.Heads, shape.MlpWidth))]);
        _pool = pooling == TokenPooling.Attentive ? new AttentivePool(shape) : null;
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

    /// <summary>
    /// Keeps the patch embedding and the first blocks as they are: they get no gradients and no drop path, and nothing is kept for a way back
    /// through them. With all blocks frozen and tokens averaged, the norm before the head stays plain too, so that the head alone learns.
    /// </summary>
    /// <param name="blocks">How many blocks, 0 to all.</param>
    public void Freeze(int blocks)
    {
        _frozenBlocks = blocks;
        IEnumerable<nn.Module> frozen = [_patchEmbed, .. _blocks.Take(blocks)];
        if (blocks == _blocks.Count && _pool is null)
            frozen = frozen.Append(_norm);
        foreach (Parameter parameter in frozen.SelectMany(module => module.parameters()))
            parameter.requires_grad = false;
    }

    /// <summary>From normalised cubes [B, N, C] to logits [B, L].</summary>
    public override Tensor forward(Tensor cubesBNC) => Run(cubesBNC, null);

    /// <summary>As <see cref="forward"/>, with the noise of a training step.</summary>
    public Tensor Run(Tensor cubesBNC, ClassifierNoise? noise)
    {
        using DisposeScope scope = NewDisposeScope();
        return Logits(Features(cubesBNC, noise?.Paths), noise?.Features).MoveToOuterDisposeScope();
    }

    /// <summary>From normalised cubes [B, N, C] to what the head sees [B, D].</summary>
    public Tensor Features(Tensor cubesBNC, Tensor? paths)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor xBND = Frozen(cubesBNC);
        for (int index = _frozenBlocks ?? 0; index < _blocks.Count; index++)
        {
            Tensor? scales = paths?.select(0, index);
            xBND = scales is null ? _blocks[index].call(xBND) : _blocks[index].Run(xBND, scales.select(0, 0), scales.select(0, 1));
        }

        return _norm.call(_pool is null ? xBND.mean([1]) : _pool.call(xBND)).MoveToOuterDisposeScope();
    }

    /// <summary>From features [B, D], some of them left out, to logits [B, L].</summary>
    public Tensor Logits(Tensor featuresBD, Tensor? keptBD) => _head.call(keptBD is null ? featuresBD : featuresBD * keptBD);

    /// <summary>Takes a shift and a scale of the features into the linear layer: what it says of (features - mean) * scale it then says of features.</summary>
    /// <param name="meanD">What is subtracted.</param>
    /// <param name="scaleD">What is multiplied by then.</param>
    public void FoldIntoHead(Tensor meanD, Tensor scaleD)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        Tensor weightLD = _head.weight * scaleD;
        Tensor biasL = _head.bias! - matmul(weightLD, meanD);
        _head.weight.copy_(weightLD);
        _head.bias!.copy_(biasL);
    }

    // The embedding and the blocks that are not trained.
    private Tensor Frozen(Tensor cubesBNC)
    {
        if (_frozenBlocks is not { } frozen)
            return _patchEmbed.call(cubesBNC) + _positions.All;

        using IDisposable quiet = no_grad();
        Tensor xBND = _patchEmbed.call(cubesBNC) + _positions.All;
        for (int index = 0; index < frozen; index++)
        {
            Tensor nextBND = _blocks[index].call(xBND);
            xBND.Dispose();
            xBND = nextBND;
        }

        return xBND;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _positions.Dispose();
        base.Dispose(disposing);
    }
}
