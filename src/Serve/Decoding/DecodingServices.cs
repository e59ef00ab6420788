using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Serve.Admission;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Decoding;

/// <summary>What a host needs to decode.</summary>
internal static class DecodingServices
{
    /// <summary>Adds processes that decode, kept warm, unless another decoder was registered.</summary>
    public static IServiceCollection AddDecoding(this IServiceCollection services, ServeOptions options)
    {
        // Where clips have one process, timelines have one of their own.
        int workers = Math.Max(2, AdmissionGate.DecodersOf(options));
        services.AddSingleton(_ => DecodePool.Start(new DecodeOptions { Workers = workers, Memory = options.DecoderMemory, Limits = options.Limits }));
        services.TryAddSingleton<IClipDecoder, BoxedClipDecoder>();
        services.AddHostedService<DecodeStart>();
        return services;
    }
}
