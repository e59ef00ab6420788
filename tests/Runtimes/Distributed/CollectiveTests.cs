using TorchSharp.Modules;
using Unreel.Modeling;
using static TorchSharp.torch;

namespace Unreel.Distributed.Tests;

public sealed class CollectiveTests
{
    [DistributedTheory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Texts_are_gathered_by_rank(int count)
    {
        IReadOnlyList<string>[] seen = await Ranks.RunAsync(count, group => (IReadOnlyList<string>)[.. group.Gather($"a{group.Rank}"), .. group.Gather($"b{group.Rank}")]);

        string[] expected = [.. Enumerable.Range(0, count).Select(rank => $"a{rank}"), .. Enumerable.Range(0, count).Select(rank => $"b{rank}")];
        Assert.All(seen, texts => Assert.Equal(expected, texts));
    }

    [DistributedFact]
    public async Task Sums_are_the_same_everywhere()
    {
        float[][] sums = await Ranks.RunAsync(3, group =>
        {
            using Tensor values = tensor(new float[] { group.Rank, 10, -group.Rank });
            group.Group("gloo").AllReduce(values);
            return values.data<float>().ToArray();
        });

        Assert.All(sums, sum => Assert.Equal([3f, 30f, -3f], sum));
    }

    [DistributedFact]
    public async Task Rank_zero_gives_its_tensors_to_all()
    {
        (float[] Floats, long[] Longs, float[] Across)[] got = await Ranks.RunAsync(2, group =>
        {
            using Tensor floats = tensor(new float[] { 1.5f + group.Rank, float.NaN });
            using Tensor longs = tensor(new long[] { 7 + group.Rank });
            using Tensor whole = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]) * (1 - group.Rank);
            using Tensor across = whole.transpose(0, 1);
            group.Broadcast([floats, longs, across]);
            return (floats.data<float>().ToArray(), longs.data<long>().ToArray(), whole.data<float>().ToArray());
        });

        Assert.All(got, one => Assert.Equal([1.5f, float.NaN], one.Floats));
        Assert.All(got, one => Assert.Equal([7L], one.Longs));
        Assert.All(got, one => Assert.Equal([1f, 2f, 3f, 4f], one.Across));
    }

    [DistributedFact]
    public async Task Gradients_become_the_mean_over_processes()
    {
        float[][] means = await Ranks.RunAsync(2, group =>
        {
            using var weight = new Parameter(ones(3));
            using IGradientReduction reduction = group.Attach([weight]);
            reduction.Arm();
            using Tensor loss = (weight * (group.Rank + 1)).sum();
            loss.backward();
            reduction.Finish();
            return weight.grad!.data<float>().ToArray();
        });

        Assert.All(means, mean => Assert.Equal([1.5f, 1.5f, 1.5f], mean));
    }

    [DistributedFact]
    public async Task Gradients_accumulate_and_leave_with_the_last_backward()
    {
        float[][] means = await Ranks.RunAsync(2, group =>
        {
            using var weight = new Parameter(ones(1));
            using IGradientReduction reduction = group.Attach([weight]);
            for (int micro = 0; micro < 3; micro++)
            {
                if (micro == 2)
                    reduction.Arm();
                using Tensor loss = (weight * ((10 * group.Rank) + micro)).sum();
                loss.backward();
            }

            reduction.Finish();
            return weight.grad!.data<float>().ToArray();
        });

        Assert.All(means, mean => Assert.Equal([(3f + 33f) / 2], mean));
    }

    [DistributedFact]
    public async Task What_nobody_used_has_no_gradient_and_what_one_used_has_a_share()
    {
        (bool Unused, float Half)[] seen = await Ranks.RunAsync(2, group =>
        {
            using var used = new Parameter(ones(1));
            using var half = new Parameter(ones(1));
            using var unused = new Parameter(ones(1));
            using IGradientReduction reduction = group.Attach([used, half, unused]);
            reduction.Arm();
            using Tensor loss = group.Rank == 0 ? (used * half * 6).sum() : used.sum();
            loss.backward();
            reduction.Finish();
            return (unused.grad is null, half.grad!.item<float>());
        });

        Assert.All(seen, one => Assert.Equal((true, 3f), one));
    }

    [DistributedFact]
    public async Task Buckets_leave_while_backward_goes_on()
    {
        (int Buckets, int Overlapped, float[] Gradient)[] seen = await Ranks.RunAsync(2, group =>
        {
            Parameter[] layers = [.. Enumerable.Range(0, 6).Select(_ => new Parameter(ones(8, 8) / 8))];
            using var reduction = new GradientReduction(group.Group("gloo"), layers, firstBucketBytes: 256, bucketBytes: 512);
            reduction.Arm();
            using Tensor input = ones(2, 8) * (group.Rank + 1);
            using Tensor loss = layers.Aggregate(input, (value, layer) => value.matmul(layer)).sum();
            loss.backward();
            reduction.Finish();
            return (reduction.Buckets, reduction.Overlapped, layers[0].grad!.data<float>().ToArray());
        });

        // Six layers of 256 bytes: one in the first bucket, then two in each.
        Assert.All(seen, one => Assert.Equal((4, 4), (one.Buckets, one.Overlapped)));
        Assert.All(seen, one => Assert.All(one.Gradient, value => Assert.Equal(3f, value, 1e-5f)));
    }

    [DistributedFact]
    public async Task A_loss_between_two_buckets_leaves_backward_alone_and_is_told_at_the_end()
    {
        using ManualResetEventSlim begun = new();
        string?[] told = await Ranks.RunAsync(2, group =>
        {
            Parameter[] weights = [new(ones(64)), new(ones(64))];
            NativeGroup native = group.Group("gloo");
            using var reduction = new GradientReduction(native, weights, firstBucketBytes: 256, bucketBytes: 256);
            reduction.Arm();
            if (group.Rank == 1)
            {
                begun.Wait(Ranks.Patience);
                group.Leave("a test");
                return null;
            }

            weights[1].sum().backward();
            begun.Set();
            Assert.True(native.Abandoned.Wait(Ranks.Patience));
            weights[0].sum().backward();
            Assert.Equal((2, 1), (reduction.Buckets, reduction.Overlapped));
            return Assert.Throws<LostProcessException>(reduction.Finish).Message;
        });

        Assert.Matches(@"^rank 1 \(.*\) has stopped: a test$", told[0]);
    }

    [DistributedFact]
    public async Task Half_precision_gradients_keep_their_type()
    {
        (ScalarType Type, float Value)[] seen = await Ranks.RunAsync(2, group =>
        {
            using var weight = new Parameter(ones(2).to(ScalarType.BFloat16));
            using var whole = new Parameter(ones(1));
            using IGradientReduction reduction = group.Attach([weight, whole]);
            reduction.Arm();
            using Tensor loss = (weight.to(ScalarType.Float32) * (group.Rank + 1)).sum() + whole.sum();
            loss.backward();
            reduction.Finish();
            return (weight.grad!.dtype, weight.grad!.to(ScalarType.Float32).sum().item<float>());
        });

        Assert.All(seen, one => Assert.Equal((ScalarType.BFloat16, 3f), one));
    }

    [DistributedFact]
    public async Task Finishing_what_was_not_begun_is_an_error()
    {
        string[] errors = await Ranks.RunAsync(2, group =>
        {
            using var weight = new Parameter(ones(1));
            using IGradientReduction reduction = group.Attach([weight]);
            return Record.Exception(reduction.Finish)!.Message;
        });

        Assert.All(errors, error => Assert.Contains("No exchange of gradients", error, StringComparison.Ordinal));
    }
}
