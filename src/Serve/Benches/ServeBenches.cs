using Unreel.Pipelines;

namespace Unreel.Serve.Benches;

/// <summary>The benches of this project.</summary>
public static class ServeBenches
{
    /// <summary>Adds them to what <c>unreel bench</c> lists.</summary>
    public static IServiceCollection AddServeBenches(this IServiceCollection services) => services
        .AddBench<DecodeBench>()
        .AddBench<ScoreBench>()
        .AddBench<ServeBench>()
        .AddBench<CrowdBench>()
        .AddBench<RegistryBench>();
}
