using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// A 3-D convolution whose kernel equals its stride, computed as the matrix product it is, on just the cubes it is given.
/// The parameters have a Conv3d's names and shapes, so weights interchange.
/// </summary>
internal sealed class CubeProjection : nn.Module<Tensor, Tensor>, IMixedPrecision
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;

    public CubeProjection(VideoTransformerShape shape)
        : base(nameof(CubeProjection))
    {
        _weight = nn.Parameter(zeros([shape.Width, 3, shape.TubeletSize, shape.PatchSize, shape.PatchSize]));
        _bias = nn.Parameter(zeros(shape.Width));
        RegisterComponents();
    }

    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>From cubes [B, N, C], values ordered (frame, row, column, channel), to tokens [B, N, D].</summary>
    public override Tensor forward(Tensor cubesBNC)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weightDC = _weight.permute(0, 2, 3, 4, 1).reshape(_weight.shape[0], -1);
        Tensor tokensBND = nn.functional.linear(cubesBNC.to(ComputeType), weightDC.to(ComputeType), _bias.to(ComputeType));
        return tokensBND.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}

/// <summary>Turns cubes into tokens.</summary>
internal sealed class PatchEmbed : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")] private readonly CubeProjection _proj;

    public PatchEmbed(VideoTransformerShape shape)
        : base(nameof(PatchEmbed))
    {
        _proj = new CubeProjection(shape);
        RegisterComponents();
    }

    public override Tensor forward(Tensor cubesBNC) => _proj.call(cubesBNC);
}
