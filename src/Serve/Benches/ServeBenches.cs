using Unreel.Pipelines;

namespace Unreel.Serve;

/// <summary>Registers the benches of serving.</summary>
public static class ServeBenches
{
    /// <summary>Registers the bench <c>decode</c>.</summary>
    public static IServiceCollection AddServeBenches(this IServiceCollection services) => services
        .AddBench<DecodeBench>();
}
