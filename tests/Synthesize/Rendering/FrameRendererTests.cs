using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;

namespace Unreel.Synthesize.Tests.Rendering;

public sealed class FrameRendererTests
{
    [Theory]
    [MemberData(nameof(TestPresets.Names), MemberType = typeof(TestPresets))]
    public void Equals_the_reference_pixel_for_pixel(string name)
    {
        foreach ((ulong seed, int index, int side) in new[] { (1ul, 0, 64), (2ul, 17, 48), (5ul, 999, 70) })
        {
            SynthesisPreset preset = TestPresets.Videos(name, seed).Videos!;
            VideoScene scene = new(preset, seed, TestPools.SetFor(preset));
            scene.Load(index);
            foreach (int frame in new[] { 0, 37, 180 })
                AssertSame(ReferenceRenderer.Render(scene, frame, side, TestPools.For(preset)), Fast(scene, frame, side), side, $"{name}, seed {seed}, video {index}, frame {frame}, {side} px");
        }
    }

    [Theory]
    [MemberData(nameof(TestPresets.Names), MemberType = typeof(TestPresets))]
    public void Equals_the_reference_on_a_whole_canvas(string name)
    {
        SynthesisPreset preset = TestPresets.Videos(name).Videos!;
        VideoScene scene = new(preset, 11, TestPools.SetFor(preset));
        scene.Load(4);
        AssertSame(ReferenceRenderer.Render(scene, 64, 256, TestPools.For(preset)), Fast(scene, 64, 256), 256, name);
    }

    [Fact]
    public void Equals_the_reference_for_videos_that_are_one_texture()
    {
        SynthesisPreset preset = TestPresets.Videos("shapes-with-static-stylegan").Videos! with { StillShare = 0.5 };
        VideoScene scene = new(preset, 7, TestPools.SetFor(preset));
        scene.Load(1);
        Assert.True(scene.IsStill);
        AssertSame(ReferenceRenderer.Render(scene, 0, 64, TestPools.For(preset)), Fast(scene, 90, 64), 64, "a still video");
        scene.Load(2);
        Assert.False(scene.IsStill);
        AssertSame(ReferenceRenderer.Render(scene, 90, 64, TestPools.For(preset)), Fast(scene, 90, 64), 64, "a video that moves");
    }

    [Fact]
    public void Equals_the_reference_for_motions()
    {
        MotionScene scene = new(TestPresets.Motions().Motions!, 9);
        for (int index = 0; index < 11; index++)
        {
            scene.Load(index);
            foreach (int frame in new[] { 0, 20, 63 })
                AssertSame(ReferenceRenderer.RenderOutlines(scene, frame, 64), Fast(scene, frame, 64), 64, $"video {index}, frame {frame}");
        }
    }

    [Fact]
    public void Covers_a_canvas_that_is_wider_than_a_word_and_not_a_multiple_of_one()
    {
        VideoScene scene = new(TestPresets.Videos("accelerating-and-transforming-shapes").Videos! with { Objects = 40 }, 3);
        scene.Load(1);
        foreach (int side in new[] { 16, 63, 65, 130 })
            AssertSame(ReferenceRenderer.Render(scene, 12, side), Fast(scene, 12, side), side, $"{side} px");
    }

    [Fact]
    public void Fills_what_no_object_covers_with_the_background()
    {
        SynthesisPreset preset = TestPresets.Videos("moving-circles").Videos! with { Objects = 1, Background = SynthesisBackground.Colour };
        VideoScene scene = new(preset, 3);
        scene.Load(0);
        byte[] frame = Fast(scene, 0, 64);
        Assert.NotEqual(default, scene.Background);
        Assert.Contains(frame.Chunk(3), pixel => pixel[0] == scene.Background.R && pixel[1] == scene.Background.G && pixel[2] == scene.Background.B);
    }

    private static byte[] Fast(IScene scene, int frame, int side)
    {
        byte[] pixels = new byte[side * side * 3];
        new FrameRenderer(side).Render(scene, [frame], pixels);
        return pixels;
    }

    private static void AssertSame(byte[] expected, byte[] actual, int side, string what)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        Assert.True(at == expected.Length, $"{what}: first difference at column {at / 3 % side}, row {at / 3 / side}.");
    }
}
