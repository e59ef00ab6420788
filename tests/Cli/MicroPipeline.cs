namespace Unreel.Cli.Tests;

/// <summary>The quickstart in miniature: every stage, a few seconds.</summary>
public static class MicroPipeline
{
    private const string Text = """
        name: micro
        stages:
          synthesize:
            options: { count: 12, size: 32, seed: 1 }
          motions:
            stage: synthesize
            options: { kind: motions, count: 32, size: 32, frames: 16, seed: 2, materialize: mp4 }
          pretrain:
            options:
              clips: ${synthesize}
              shape: { frames: 4, image_size: 32, tubelet_size: 2, patch_size: 8, width: 24, depth: 2, heads: 2, mlp_width: 48, decoder_width: 16, decoder_depth: 1, decoder_heads: 2 }
              steps: 30
              batch_size: 8
              checkpoint_interval: 0.2s
          finetune:
            options:
              encoder: ${pretrain}
              clips: ${motions}
              steps: 30
              batch_size: 8
              test_clips: 1
              checkpoint_interval: 0.2s
          export:
            name: micro
            options: { classifier: "${finetune}", clips: "${finetune.clips}", split: "${finetune.split}" }
          evaluate:
            options: { model: "${export}", clips: "${finetune.clips}", split: "${finetune.split}" }
        """;

    /// <summary>Writes the pipeline into a folder.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, "micro.yaml");
        File.WriteAllText(path, Text);
        return path;
    }

    /// <summary>All that a store tags, wherever it lies: what a run ended with.</summary>
    public static async Task<string> TagsOfAsync(string store)
    {
        List<string> tags = [];
        await foreach (Artifacts.Tag tag in Artifacts.ArtifactStores.Open(store).ListTagsAsync(null, default))
            tags.Add($"{tag.Kind}/{tag.Name}:{tag.Value} {tag.Target}");
        return string.Join('\n', tags);
    }

    /// <summary>All that the store of a folder's pipeline tags, by name: what a run ended with.</summary>
    public static async Task<string> TagsAsync(string folder)
    {
        ProgramResult listed = await UnreelProgram.RunAsync(folder, "artifacts", "ls", "--store", Path.Combine(folder, ".unreel"));
        Assert.Equal(0, listed.Code);
        return listed.Output;
    }
}
