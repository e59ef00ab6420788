using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class InferenceLanesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Requests_have_their_turn_in_the_order_they_came()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier);

        Task<InferenceResult>[] asked = [.. Enumerable.Range(1, 5).Select(value => model.InferAsync(ScriptedClassifier.Clip((byte)value), 1, default))];
        classifier.Go(5);
        InferenceResult[] found = await Task.WhenAll(asked).WaitAsync(Patience);

        Assert.Equal<byte[]>([[1], [2], [3], [4], [5]], classifier.Runs);
        Assert.Equal([1f, 2f, 3f, 4f, 5f], found.Select(result => result.Predictions.Logits[0]));
    }

    [Fact]
    public async Task No_thread_of_the_pool_is_blocked()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier, lanes: 2);
        int before = ThreadPool.ThreadCount;

        Task<InferenceResult>[] asked = [.. Enumerable.Range(0, 200).Select(_ => model.InferAsync(ScriptedClassifier.Clip(1), 1, default))];
        await classifier.BegunAsync();
        await classifier.BegunAsync();
        ThreadPool.GetAvailableThreads(out int available, out _);
        ThreadPool.GetMaxThreads(out int most, out _);

        Assert.InRange(most - available, 0, before + 2);
        Assert.Equal((2, 198), (model.Running, model.Waiting));
        classifier.Go(200);
        await Task.WhenAll(asked).WaitAsync(Patience);
    }

    [Fact]
    public async Task One_that_waits_can_be_given_up_without_the_others()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier);
        using CancellationTokenSource stop = new();
        Task<InferenceResult> running = model.InferAsync(ScriptedClassifier.Clip(1), 1, default);
        await classifier.BegunAsync();
        Task<InferenceResult> given = model.InferAsync(ScriptedClassifier.Clip(2), 1, stop.Token), last = model.InferAsync(ScriptedClassifier.Clip(3), 1, default);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(Patience));
        classifier.Go(2);
        await Task.WhenAll(running, last).WaitAsync(Patience);
        Assert.Equal<byte[]>([[1], [3]], classifier.Runs);
    }

    [Fact]
    public async Task One_that_runs_alone_is_stopped()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier);
        using CancellationTokenSource stop = new();
        Task<InferenceResult> running = model.InferAsync(ScriptedClassifier.Clip(1), 1, stop.Token);
        await classifier.BegunAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        classifier.Go();
        Assert.Equal(7f, (await model.InferAsync(ScriptedClassifier.Clip(7), 1, default).WaitAsync(Patience)).Predictions.Logits[0]);
    }

    [Fact]
    public async Task Those_that_wait_run_together_up_to_the_most_and_nobody_waits_for_more()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier);
        model.Batching = new BatchPlan(3);
        Task<InferenceResult> first = model.InferAsync(ScriptedClassifier.Clip(1), 1, default);
        await classifier.BegunAsync();
        Task<InferenceResult>[] others = [.. Enumerable.Range(2, 4).Select(value => model.InferAsync(ScriptedClassifier.Clip((byte)value), 1, default))];

        classifier.Go(3);
        InferenceResult[] found = await Task.WhenAll(others).WaitAsync(Patience);

        Assert.Equal<byte[]>([[1], [2, 3, 4], [5]], classifier.Runs);
        Assert.Equal((1, 1f), ((await first).Batch, (await first).Predictions.Logits[0]));
        Assert.Equal([(3, 2f), (3, 3f), (3, 4f), (1, 5f)], found.Select(result => (result.Batch, result.Predictions.Logits[0])));
        Assert.All(found, result => Assert.Equal(1, result.Predictions.Count));
    }

    [Fact]
    public async Task One_that_is_given_up_in_a_batch_does_not_stop_the_others()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier);
        model.Batching = new BatchPlan(2);
        using CancellationTokenSource stop = new();
        Task<InferenceResult> first = model.InferAsync(ScriptedClassifier.Clip(1), 1, default);
        await classifier.BegunAsync();
        Task<InferenceResult> given = model.InferAsync(ScriptedClassifier.Clip(2), 1, stop.Token), other = model.InferAsync(ScriptedClassifier.Clip(3), 1, default);
        classifier.Go();
        await classifier.BegunAsync();

        await stop.CancelAsync();

        // At once, while the run goes on.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(Patience));
        Assert.False(other.IsCompleted);
        classifier.Go();
        Assert.Equal((3f, 2), ((await other.WaitAsync(Patience)).Predictions.Logits[0], (await other).Batch));
        await first;
    }

    [Fact]
    public void One_that_is_given_up_keeps_its_memory_until_it_was_copied()
    {
        InferenceJob given = Job(), other = Job(), alone = Job();
        using InferenceRun run = new([given, other]), single = new([alone]);

        run.Leave(given);
        single.Leave(alone);

        Assert.False(given.Done.Task.IsCompleted);
        run.Gathered();
        Assert.True(given.Done.Task.IsCanceled);
        run.Leave(other);
        Assert.True(other.Done.Task.IsCanceled);
        Assert.False(alone.Done.Task.IsCompleted);
        Assert.True(run.Stop.IsCancellationRequested);

        static InferenceJob Job() => new(ScriptedClassifier.Clip(1), 1, 0, default);
    }

    [Fact]
    public async Task A_batch_that_nobody_wants_any_more_is_stopped()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier);
        model.Batching = new BatchPlan(2);
        using CancellationTokenSource stop = new();
        Task<InferenceResult> first = model.InferAsync(ScriptedClassifier.Clip(1), 1, default);
        await classifier.BegunAsync();
        Task<InferenceResult>[] given = [model.InferAsync(ScriptedClassifier.Clip(2), 1, stop.Token), model.InferAsync(ScriptedClassifier.Clip(3), 1, stop.Token)];
        classifier.Go();
        await classifier.BegunAsync();

        await stop.CancelAsync();
        Task<InferenceResult> next = model.InferAsync(ScriptedClassifier.Clip(4), 1, default);

        // Only one run is let go: were the batch still running, it would take it.
        await classifier.BegunAsync();
        classifier.Go();
        Assert.Equal(4f, (await next.WaitAsync(Patience)).Predictions.Logits[0]);
        foreach (Task<InferenceResult> task in given)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        await first;
    }

    [Fact]
    public async Task Many_views_run_at_most_eight_at_a_time()
    {
        ScriptedClassifier classifier = new();
        ServedModel model = Served(classifier);
        byte[] views = [.. Enumerable.Range(1, 19).SelectMany(value => ScriptedClassifier.Clip((byte)value))];

        InferenceResult found = await model.InferAsync(views, 19, default).WaitAsync(Patience);

        Assert.Equal([8, 8, 3], classifier.Runs.Select(run => run.Length));
        Assert.Equal(Enumerable.Range(1, 19).Select(value => (float)value), found.Predictions.Logits);
        Assert.Equal((19, 8), (found.Predictions.Count, found.Batch));
    }

    [Fact]
    public async Task Others_have_their_turn_between_the_parts_of_many_views()
    {
        ScriptedClassifier classifier = new() { Held = true };
        ServedModel model = Served(classifier);
        Task<InferenceResult> many = model.InferAsync(ScriptedClassifier.Clip(1, 20), 20, default);
        await classifier.BegunAsync();
        Task<InferenceResult> other = model.InferAsync(ScriptedClassifier.Clip(2), 1, default);

        Assert.Equal(1, model.Waiting);
        classifier.Go(4);
        await Task.WhenAll(many, other).WaitAsync(Patience);

        Assert.Equal([8, 1, 8, 4], classifier.Runs.Select(run => run.Length));
        Assert.Equal(20, (await many).Predictions.Count);
    }

    [Fact]
    public async Task A_model_of_a_fixed_number_of_clips_is_given_no_more()
    {
        ScriptedClassifier classifier = new() { Batch = 2 };
        ServedModel model = Served(classifier);

        Assert.Equal(2, (await BatchMeter.PlanAsync(model, "auto", NoShortage, default)).Most);
        Assert.Equal(2, (await BatchMeter.PlanAsync(model, "16", NoShortage, default)).Most);
        await model.InferAsync(ScriptedClassifier.Clip(1, 5), 5, default).WaitAsync(Patience);

        Assert.Equal([2, 2, 1], classifier.Runs.Select(run => run.Length));
    }

    [Theory]
    [InlineData("auto", 1)]
    [InlineData("off", 1)]
    [InlineData("6", 6)]
    public async Task On_the_processor_batches_are_made_only_when_asked_for(string batching, int most) =>
        Assert.Equal(most, (await BatchMeter.PlanAsync(Served(new ScriptedClassifier()), batching, NoShortage, default)).Most);

    // A run of n clips takes 1 + n / 8 s up to 8 clips and then n / 4 s: 2, 4 and 8 pay, 16 does not.
    [Fact]
    public async Task On_a_GPU_the_batch_is_doubled_as_long_as_that_pays()
    {
        FakeTimeProvider clock = new();
        ScriptedClassifier classifier = new() { Provider = "CUDAExecutionProvider", OnRun = clips => clock.Advance(TimeSpan.FromSeconds(clips <= 8 ? 1 + (clips / 8.0) : clips / 4.0)) };
        ServedModel model = new(Source, classifier, clock);

        BatchPlan plan = await BatchMeter.PlanAsync(model, "auto", NoShortage, default).WaitAsync(Patience);

        Assert.Equal(8, plan.Most);
        Assert.Equal([1, 2, 4, 8], plan.Sizes);
        Assert.Equal(4, plan.Fitting([1, 1, 1, 1, 1, 1, 1]));
        Assert.Equal(1, plan.Fitting([3, 2, 2]));
    }

    [Fact]
    public async Task Only_want_of_memory_ends_the_doubling_and_it_is_told()
    {
        List<(int, string)> told = [];
        string why = "failed on 4 clips: Failed to allocate memory for requested buffer of size 1";
        ServedModel model = new(Source, new ScriptedClassifier { Provider = "CUDAExecutionProvider", OnRun = clips => _ = clips == 4 ? throw new Pipelines.UsageException(why) : 0 }, new FakeTimeProvider());

        // Nothing is faster or slower by a clock that stands still: every size pays.
        BatchPlan plan = await BatchMeter.PlanAsync(model, "auto", (clips, reason) => told.Add((clips, reason)), default).WaitAsync(Patience);

        Assert.Equal([1, 2], plan.Sizes);
        Assert.Equal([(4, why)], told);
        why = "failed on 4 clips: an illegal memory access was encountered";
        await Assert.ThrowsAsync<Pipelines.UsageException>(() => BatchMeter.PlanAsync(model, "auto", NoShortage, default).WaitAsync(Patience));
    }

    [Theory]
    [InlineData("CUDAExecutionProvider", new[] { 1, 2, 4, 6 }, new[] { 1, 2, 4, 6 })]
    [InlineData("CPUExecutionProvider", new[] { 6 }, new int[0])]
    public async Task A_batch_that_is_asked_for_is_warm_before_it_serves(string provider, int[] warmed, int[] sizes)
    {
        ScriptedClassifier classifier = new() { Provider = provider };

        BatchPlan plan = await BatchMeter.PlanAsync(Served(classifier), "6", NoShortage, default).WaitAsync(Patience);

        Assert.Equal(warmed, classifier.Runs.Select(run => run.Length));
        Assert.Equal(6, plan.Most);
        Assert.Equal(sizes, plan.Sizes);
    }

    [Fact]
    public async Task A_failed_run_is_told_and_the_lane_goes_on()
    {
        int run = 0;
        ServedModel model = Served(new ScriptedClassifier { OnRun = _ => _ = ++run == 1 ? throw new Pipelines.UsageException("no memory") : 0 });

        await Assert.ThrowsAsync<Pipelines.UsageException>(() => model.InferAsync(ScriptedClassifier.Clip(1), 1, default).WaitAsync(Patience));

        Assert.Equal(2f, (await model.InferAsync(ScriptedClassifier.Clip(2), 1, default).WaitAsync(Patience)).Predictions.Logits[0]);
    }

    [Fact]
    public async Task A_replaced_model_is_closed_after_its_last_request_and_not_before()
    {
        ScriptedClassifier before = new(), after = new();
        using ModelHost host = new(ModelChoice.Parse("m.onnx"));
        host.Put(Served(before));
        using ModelLease first = host.Lease()!, second = host.Lease()!;

        host.Put(Served(after));
        first.Dispose();
        Assert.Equal(5f, (await second.Model.InferAsync(ScriptedClassifier.Clip(5), 1, default).WaitAsync(Patience)).Predictions.Logits[0]);
        Assert.False(before.Disposed);
        second.Dispose();

        await second.Model.Closed.WaitAsync(Patience);
        Assert.True(before.Disposed);
        Assert.False(after.Disposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.Model.InferAsync(ScriptedClassifier.Clip(5), 1, default));
    }

    [Fact]
    public async Task A_model_that_comes_after_the_end_is_closed()
    {
        ScriptedClassifier late = new();
        ModelHost host = new(ModelChoice.Parse("m.onnx"));
        host.Dispose();

        host.Put(Served(late));

        await host.Closing.WaitAsync(Patience);
        Assert.True(late.Disposed);
        Assert.Null(host.Current);
    }

    [Fact]
    public void A_model_that_cannot_be_closed_is_told_and_the_others_are_closed()
    {
        ScriptedClassifier other = new();
        List<Exception> told = [];
        ModelRegistry registry = new(null, [ModelChoice.Parse("a=a.onnx"), ModelChoice.Parse("b=b.onnx")], told.Add);
        registry.Hosts[0].Put(Served(new ScriptedClassifier { OnDispose = () => throw new InvalidOperationException("stuck") }));
        registry.Hosts[1].Put(Served(other));

        registry.Dispose();

        Assert.Equal("stuck", Assert.Single(told).Message);
        Assert.True(other.Disposed);
    }

    [Fact]
    public async Task Answers_of_a_batch_are_those_of_single_runs()
    {
        using TemporaryFolder folder = new();
        ModelFile file = new("m", default, TinyModel.Write(folder.Path));
        ServedModel model = new(file, new OnnxModelLoader(new OnnxModelOptions { Threads = 1 }, _ => { }).Load(file), TimeProvider.System);
        byte[][] clips = [.. Enumerable.Range(0, 6).Select(seed => Noise(4 * 16 * 16 * 3, seed))];
        float[][] alone = new float[clips.Length][];
        for (int clip = 0; clip < clips.Length; clip++)
            alone[clip] = (await model.InferAsync(clips[clip], 1, default)).Predictions.Logits;

        model.Batching = new BatchPlan(4);
        InferenceResult[] together = [];

        // All but the first wait while it runs, if the machine is not too busy; try until some ran together.
        for (int attempt = 0; attempt < 200 && !together.Any(result => result.Batch > 1); attempt++)
            together = await Task.WhenAll(clips.Select(clip => model.InferAsync(clip, 1, default)));

        Assert.Contains(together, result => result.Batch > 1);
        for (int clip = 0; clip < clips.Length; clip++)
            Assert.All(alone[clip].Zip(together[clip].Predictions.Logits), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        model.Release();
        await model.Closed.WaitAsync(Patience);
    }

    private static void NoShortage(int clips, string why) => Assert.Fail($"{clips}: {why}");

    private static ModelFile Source => new("m", Digest.Of([1]), "m.onnx");

    private static ServedModel Served(ScriptedClassifier classifier, int lanes = 1) => new(Source, classifier, TimeProvider.System, lanes);

    private static byte[] Noise(int bytes, int seed)
    {
        Video.RandomStream random = new((ulong)seed, "lanes", 0);
        return [.. Enumerable.Range(0, bytes).Select(_ => (byte)random.NextInt(256))];
    }
}
