using Microsoft.Extensions.DependencyInjection;

namespace Unreel.Pipelines.Tests;

public sealed class BenchCatalogTests
{
    [Fact]
    public void Registered_benches_are_found_by_name()
    {
        using ServiceProvider services = new ServiceCollection().AddUnreelPipelines().AddBench<Ruler>().BuildServiceProvider();
        BenchCatalog catalog = services.GetRequiredService<BenchCatalog>();

        Assert.IsType<Ruler>(catalog.Get("ruler"));
        Assert.Equal(["ruler"], catalog.Benches.Select(bench => bench.Name));
        UsageException error = Assert.Throws<UsageException>(() => catalog.Get("rular"));
        Assert.Contains("did you mean 'ruler'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_benches_of_one_name_are_refused()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new BenchCatalog([new Ruler(), new Ruler()]));
        Assert.Contains("ruler", error.Message, StringComparison.Ordinal);
    }

    private sealed class Ruler : IBench
    {
        public string Name => "ruler";

        public string Summary => "Measures lengths.";

        public IAsyncEnumerable<BenchFigure> RunAsync(CancellationToken ct) => AsyncEnumerable.Empty<BenchFigure>();
    }
}
