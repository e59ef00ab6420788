using BenchmarkDotNet.Attributes;
using Unreel.Synthesize;

namespace Unreel.Benchmarks;

/// <summary>Draws the clip that training takes of a video: 16 frames at stride 4, 256x256, 500 objects, one thread.</summary>
[MemoryDiagnoser]
[InProcess]
public class RenderBenchmark : IDisposable
{
    private const int Videos = 64;

    private readonly int[] _frames = [.. Enumerable.Range(0, 16).Select(frame => 4 * frame)];
    private byte[] _pixels = [];
    private SynthesisSource? _source;
    private int _next;

    [Params(
        "static-circles", "moving-circles", "moving-shapes", "moving-and-transforming-shapes", "accelerating-and-transforming-shapes",
        "accelerating-and-transforming-textures", "accelerating-and-transforming-stylegan-crops", "saturated-textures", "dynamic-stylegan-crops")]
    public string Preset { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        SynthesisRecipe recipe = new SynthesizeOptions { Preset = Preset, Count = Videos, Seed = 1 }.ToRecipe();
        _source = SynthesisSource.Open(recipe, new SampleMaterial(images: null, real: null));
        _pixels = new byte[_frames.Length * _source.Size.Width * _source.Size.Height * 3];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _source?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Clip() => _source!.Render(_next++ % Videos, _frames, _pixels);
}
