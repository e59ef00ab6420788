namespace Unreel.Video;

/// <summary>The choices made for one training clip, the same for all its frames.</summary>
internal sealed class TrainingLook(AugmentationOptions options, RandomStream random) : IDisposable
{
    private readonly FrameSize _square = new(options.Size, options.Size);
    private RandomStream _random = random;
    private ResizePlan? _plan;
    private FrameSize _size;
    private CropBox _box;
    private bool _mirrored;
    private ColorJitter _colors;
    private PictureOperation[] _operations = [];
    private ErasedBox? _erased;

    /// <summary>Where the stream stands after the choices.</summary>
    public RandomStream Random => _random;

    /// <summary>What the clip shows of the frames, once the first was applied.</summary>
    public LookGeometry Geometry => new(_box, options.Size, _mirrored);

    /// <summary>Puts one frame into its place in the clip. Choices are made when the first frame tells the size.</summary>
    /// <param name="position">The frame's place in the clip.</param>
    /// <param name="rgb">The frame.</param>
    /// <param name="size">Its size.</param>
    /// <param name="target">Where it goes.</param>
    public void Apply(int position, ReadOnlySpan<byte> rgb, FrameSize size, Span<byte> target)
    {
        if (_plan is null)
            Choose(size);
        if (size != _size)
            throw new VideoException($"The frames of a video must have one size; found {_size} and {size}.");

        _plan!.Apply(rgb, target);
        if (_mirrored)
            ClipAugmentation.Mirror(target, _square);
        _colors.Apply(target);
        foreach (PictureOperation operation in _operations)
            operation.Apply(target, _square);
        _erased?.Apply(target, _square.Width, position);
    }

    /// <inheritdoc/>
    public void Dispose() => _plan?.Dispose();

    private void Choose(FrameSize size)
    {
        _size = size;
        _box = options.Crop switch
        {
            TrainingCrop.Centre => CropBox.Square(size, options.Size, options.Size, 0, 1),
            TrainingCrop.MultiScale => ClipAugmentation.MultiScale(size, ref _random),
            TrainingCrop.RandomResized => ClipAugmentation.RandomResized(size, options.MinArea, options.MaxArea, options.MinAspect, options.MaxAspect, ref _random),
            _ => throw new ArgumentOutOfRangeException(nameof(size), $"{options.Crop} is not a crop."),
        };
        _plan = ResizePlan.Create(size, _box, _square);
        _mirrored = _random.NextDouble() < options.Flip;
        _colors = ColorJitter.Draw(options.ColorJitter, ref _random);
        _operations = options.RandAugment?.Draw(ref _random) ?? [];
        _erased = ErasedBox.Draw(options.Erasing, _square, ref _random);
    }
}
