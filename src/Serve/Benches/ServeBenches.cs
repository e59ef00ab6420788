using Unreel.Pipelines;

namespace Unreel.Serve.Benches;

/// <summary>Registers the benches of serving.</summary>
public static class ServeBenches
{
    /// <summary>Registers <c>decode</c>, <c>serve</c> and <c>serve-crowd</c>.</summary>
    public static IServiceCollection AddServeBenches(this IServiceCollection services) => services
        .AddBench<DecodeBench>()
        .AddBench<ServeBench>()
        .AddBench<CrowdBench>();
}
