using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

public sealed class CodesTests
{
    [Fact]
    public void The_error_is_minus_the_logarithm_of_the_right_codes_chance()
    {
        using DisposeScope scope = NewDisposeScope();
        var target = new Codes(new BrightnessCodes(Micro.Shape, codes: 3));
        float[] logits = [1, 2, 3, 0.5f, -1, 0];
        var batch = new TargetBatch(Micro.Shape, empty(0), tensor([4L, 1L], [1, 2]), tensor([9L, 2, 9, 9, 0], [1, 5]));

        double Error(int first, int right) => Math.Log(logits[first..(first + 3)].Sum(value => Math.Exp(value))) - logits[first + right];
        float[] errors = Parameters.Get(target.Errors(tensor(logits, [1, 2, 3]), batch));

        // Token 4 has code 0, token 1 code 2.
        Values.Close([Error(0, 0), Error(3, 2)], errors, 1e-6);
        Assert.Equal(errors.Average(), target.Loss(tensor(logits, [1, 2, 3]), batch).item<float>(), 1e-6f);
        Assert.Equal(3, target.Values(Micro.Shape));
    }

    [Fact]
    public void Codes_need_a_tokenizer() =>
        Assert.Contains("tokenizer", Assert.Throws<ModelException>(() => TargetNames.Get("codes")).Message, StringComparison.Ordinal);

    [Fact]
    public void Codes_are_read_with_the_clips_where_they_are_a_target()
    {
        var tokenizer = new BrightnessCodes(Micro.Shape);
        var source = new ColouredClips(Micro.Shape);
        using var with = new PretrainingTask(Micro.Pretraining with { Targets = TargetSettings.Parse("codes"), Tokenizer = tokenizer }, source, seed: 1, CPU);
        using var without = new PretrainingTask(Micro.Pretraining with { Tokenizer = tokenizer }, source, seed: 1, CPU);

        Assert.Equal([.. tokenizer.Encode(source.Read(3, default).Pixels, default), .. tokenizer.Encode(source.Read(4, default).Pixels, default)], with.Read(3, 2, default).Codes);
        Assert.Empty(without.Read(3, 2, default).Codes);
    }
}
