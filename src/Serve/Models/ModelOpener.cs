using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>Makes of a model's file one that may serve: opened, warm, and found to answer as it should.</summary>
internal sealed partial class ModelOpener(IModelLoader loader, ServeOptions options, TimeProvider clock, ILogger<ModelOpener> logger)
{
    /// <summary>Opens a model.</summary>
    /// <exception cref="UsageException">It cannot be opened, or answers otherwise than it should.</exception>
    public async Task<ServedModel> OpenAsync(ModelFile file, CancellationToken ct)
    {
        // Opening takes as long as reading the file; on a thread of its own, so that requests have those of the pool.
        IClipClassifier classifier = await Apart(() => loader.Load(file), ct);
        ServedModel model = new(file, classifier, clock, LanesFor(classifier));
        try
        {
            bool tested = await SelfTest.RunAsync(model, ct);
            if (!tested)
                LogNoClip(file.Reference);

            await Warming.RunAsync(model, tested, ct);
            model.Batching = await BatchMeter.PlanAsync(model, options.Batching, (clips, why) => LogNoMemory(file.Reference, clips, why), ct);
            model.Since = clock.GetUtcNow();
            return model;
        }
        catch
        {
            model.Release();
            throw;
        }
    }

    // A run takes so many threads, and the processor has so many cores. A GPU does one thing at a time.
    private int LanesFor(IClipClassifier classifier)
    {
        bool onProcessor = !classifier.Provider.StartsWith("CUDA", StringComparison.Ordinal);
        return onProcessor && options.Threads > 0 ? Math.Max(1, Environment.ProcessorCount / options.Threads) : 1;
    }

    private static Task<T> Apart<T>(Func<T> work, CancellationToken ct) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    [LoggerMessage(LogLevel.Information, "{Model} brings no clip to test itself with; it was warmed only")]
    private partial void LogNoClip(string model);

    [LoggerMessage(LogLevel.Information, "{Model}: batches stay below {Clips} clips, for which the device has no memory: {Why}")]
    private partial void LogNoMemory(string model, int clips, string why);
}
