using Unreel.Testing;

namespace Unreel.Cli.Tests;

public sealed class SideBySideTests
{
    private const string Yaml = """
        name: pair
        stages:
          synthesize: { options: { count: 12, size: 32, seed: 1 } }
          pretrain:
            matrix: { seed: [1, 2] }
            options:
              clips: ${synthesize}
              seed: ${matrix.seed}
              shape: { frames: 4, image_size: 32, tubelet_size: 2, patch_size: 8, width: 24, depth: 2, heads: 2, mlp_width: 48, decoder_width: 16, decoder_depth: 1, decoder_heads: 2 }
              steps: 12
              batch_size: 8
              device: cpu
        """;

    /// <summary>Torch keeps much to itself in a process: two trainings in one must not hear of each other.</summary>
    [Fact]
    public async Task Two_trainings_side_by_side_give_the_bytes_of_each_alone()
    {
        using TemporaryFolder alone = new(), together = new();
        await File.WriteAllTextAsync(alone.File("pair.yaml"), Yaml);
        await File.WriteAllTextAsync(together.File("pair.yaml"), Yaml);

        ProgramResult one = await UnreelProgram.RunAsync(alone.Path, "run", "pair.yaml", "--jobs", "1");
        ProgramResult two = await UnreelProgram.RunAsync(together.Path, "run", "pair.yaml", "--jobs", "2");

        Assert.True(one.Code == 0, one.ToString());
        Assert.True(two.Code == 0, two.ToString());
        Assert.Equal(await MicroPipeline.TagsOfAsync(alone.File(".unreel")), await MicroPipeline.TagsOfAsync(together.File(".unreel")));
    }

    [Theory]
    [InlineData("--keep-going")]
    [InlineData("--jobs", "2")]
    public async Task Several_processes_go_through_the_stages_together(params string[] option)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("pair.yaml"), Yaml);

        ProgramResult result = await UnreelProgram.RunAsync(folder.Path, ["run", "pair.yaml", "--nproc", "2", .. option]);

        Assert.Equal(2, result.Code);
        Assert.Contains(ExpectedMessage(option[0]), result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File(".unreel")));
    }

    // Where several processes cannot train together at all, that is what is said.
    private static string ExpectedMessage(string option) =>
        Unreel.Distributed.DistributedRuntime.WhyNot() ?? option;
}
