using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>
/// The videos of a recipe, drawn when they are asked for. Every frame is a pure function of recipe, video and frame number:
/// the same bytes on every machine, in every order, on any number of threads.
/// </summary>
public sealed class SynthesisSource : IClipSource, IClipMotion
{
    private readonly SynthesisMaterial _material;
    private readonly RealVideos? _real;
    private readonly VideoSet _set;
    private readonly ClipItem[] _items;
    private readonly ConcurrentBag<Painter> _idle = [];

    /// <summary>Opens a recipe that needs neither textures nor real videos.</summary>
    /// <exception cref="VideoException">It needs some.</exception>
    public SynthesisSource(SynthesisRecipe recipe)
        : this(recipe, new SynthesisMaterial(recipe, [], null))
    {
    }

    /// <summary>Opens a recipe with what it needs, which is disposed with this.</summary>
    internal SynthesisSource(SynthesisRecipe recipe, SynthesisMaterial material)
    {
        (Recipe, _material) = (recipe, material);
        _real = material.Real is { } real ? new RealVideos(real, recipe.Videos!.RealShare, recipe.Seed) : null;
        _set = VideoSet.Of(recipe, material.Textures);
        _items = [.. Enumerable.Range(0, recipe.Count).Select(_set.Item)];
    }

    /// <summary>The recipe.</summary>
    public SynthesisRecipe Recipe { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ClipItem> Items => _items;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _set.Labels;

    /// <summary>Opens a recipe in a folder that holds the textures and real videos it needs.</summary>
    /// <exception cref="VideoException">They are not there, or not what the recipe asks for; the message names what is wrong.</exception>
    public static SynthesisSource Open(SynthesisRecipe recipe, string folder) => new(recipe, SynthesisMaterial.Open(recipe, folder));

    /// <summary>Opens a recipe with a few textures made for a look at it, or for a measurement.</summary>
    /// <exception cref="VideoException">The recipe needs pictures or real videos, and there are none.</exception>
    public static SynthesisSource Open(SynthesisRecipe recipe, SampleMaterial samples) => new(recipe, samples.For(recipe, CancellationToken.None));

    /// <summary>Width and height of every video that is drawn. Real ones have sizes of their own.</summary>
    public FrameSize Size => new(_set.Size, _set.Size);

    /// <summary>Frames a second of every video.</summary>
    public double FrameRate => _set.FrameRate;

    /// <inheritdoc/>
    public int FrameCount(int index) => IsReal(index) ? _real.FrameCount(index) : _set.FrameCount(Checked(index));

    /// <summary>The number of textures that videos are drawn from.</summary>
    internal int Textures => _material.Textures?.Count ?? 0;

    /// <summary>Whether a video is a real one, read from a file.</summary>
    [MemberNotNullWhen(true, nameof(_real))]
    internal bool IsReal(int index) => _real?.Has(Checked(index)) ?? false;

    /// <inheritdoc/>
    public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (IsReal(index))
            return _real.Read(index, frames, size, ct);

        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(frames.Length * Size.Width * Size.Height * 3));
        Render(index, frames, pixels);
        Clip clip = new(frames.Length, Size, pixels);
        return size is { } wanted && wanted != Size ? Resizer.Resize(clip, CropBox.Whole(Size), wanted) : clip;
    }

    /// <summary>
    /// Draws frames into memory that the caller keeps, [frame, row, column, channel]; nothing is allocated once warm. Of a real
    /// video it is the square in the middle.
    /// </summary>
    /// <param name="index">Which video.</param>
    /// <param name="frames">Frame numbers within the video.</param>
    /// <param name="pixels">Exactly the bytes of these frames.</param>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another length, or a frame is not in the video.</exception>
    public void Render(int index, ReadOnlySpan<int> frames, Span<byte> pixels)
    {
        int count = FrameCount(index);
        foreach (int frame in frames)
        {
            if (frame < 0 || frame >= count)
                throw new ArgumentOutOfRangeException(nameof(frames), $"Video {index} has frames 0 to {count - 1}, not {frame}.");
        }

        int expected = frames.Length * Size.Width * Size.Height * 3;
        if (pixels.Length != expected)
            throw new ArgumentException($"{frames.Length} frames of {Size} RGB have {expected} bytes, not {pixels.Length}.", nameof(pixels));

        if (IsReal(index))
        {
            _real.Render(index, frames, Size, pixels);
            return;
        }

        Painter painter = Rent();
        painter.Render(index, frames, pixels);
        _idle.Add(painter);
    }

    /// <inheritdoc/>
    public bool KnowsMotion(int index) => !IsReal(index);

    /// <inheritdoc/>
    public void Displace(int index, int frame, int other, ReadOnlySpan<Vector2> points, Span<Vector2> ways)
    {
        if (IsReal(index))
            throw new ArgumentException($"Video {index} is a real one, whose motion is not known.", nameof(index));

        Painter painter = Rent();
        painter.Displace(index, frame, other, points, ways);
        _idle.Add(painter);
    }

    /// <summary>Lets go of textures and real videos. No thread may be reading: textures are mapped memory, which is gone after this.</summary>
    public void Dispose()
    {
        _idle.Clear();
        _material.Dispose();
    }

    private Painter Rent() => _idle.TryTake(out Painter? painter) ? painter : new Painter(_set);

    private int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _items.Length);
        return index;
    }

    // What one thread needs; it remembers its video, because readers often come back to the same one.
    private sealed class Painter(VideoSet set)
    {
        private readonly FrameRenderer _renderer = new(set.Size);
        private readonly SceneTracer _tracer = new(set.Size);
        private readonly ILoadableScene _scene = set.CreateScene();
        private int _loaded = -1;

        public void Render(int index, ReadOnlySpan<int> frames, Span<byte> pixels)
        {
            Load(index);
            _renderer.Render(_scene, frames, pixels);
        }

        public void Displace(int index, int frame, int other, ReadOnlySpan<Vector2> points, Span<Vector2> ways)
        {
            Load(index);
            _tracer.Displace(_scene, frame, other, points, ways);
        }

        private void Load(int index)
        {
            if (_loaded == index)
                return;

            _loaded = -1;
            _scene.Load(index);
            _loaded = index;
        }
    }
}
