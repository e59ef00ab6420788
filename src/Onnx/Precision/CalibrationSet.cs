namespace Unreel.Onnx;

/// <summary>Real clips that ranges are found on and effects are measured on. They must not be those that the model is judged on.</summary>
/// <param name="Clips">uint8 RGB [frames, height, width, 3] each, as <paramref name="Input"/> says.</param>
/// <param name="Input">The sizes of a clip.</param>
public sealed record CalibrationSet(IReadOnlyList<ReadOnlyMemory<byte>> Clips, InputGeometry Input)
{
    /// <summary>A batch of one clip, for the input <paramref name="name"/>.</summary>
    internal NamedTensor Tensor(int clip, string name) => NamedTensor.Video(Input, Clips[clip], 1) with { Name = name };
}
