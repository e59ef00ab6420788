using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Synthesize.Tests;

/// <summary>A work folder, and what was told of progress.</summary>
internal sealed class FakeContext(string folder) : IStageContext, IProgress<StageProgress>
{
    public List<StageProgress> Reports { get; } = [];

    public Action<StageProgress>? OnReport { get; init; }

    public string WorkFolder => folder;

    public IProgress<StageProgress> Progress => this;

    public void Report(StageProgress value)
    {
        Reports.Add(value);
        OnReport?.Invoke(value);
    }

    public Task<string> FetchAsync(StageInput input, CancellationToken ct) =>
        Task.FromResult(input.IsPath ? input.Text : throw new NotSupportedException("The stage has no store."));

    public Task<Artifact?> DescribeAsync(StageInput input, CancellationToken ct) => throw new NotSupportedException("The stage has no inputs.");
}
