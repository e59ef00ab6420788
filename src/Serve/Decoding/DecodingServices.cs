using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Serve.Observability;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Decoding;

/// <summary>What a host needs to decode.</summary>
internal static class DecodingServices
{
    /// <summary>Adds processes that decode, kept warm, unless another decoder was registered.</summary>
    public static IServiceCollection AddDecoding(this IServiceCollection services, ServeOptions options)
    {
        DecodeOptions boxes = new() { Workers = options.Decoders, Memory = options.DecoderMemory, Limits = options.Limits };
        services.AddSingleton(provider => DecodePool.Start(boxes, new DecoderMeter(provider.GetRequiredService<ServeMeter>())));
        services.TryAddSingleton<IClipDecoder, BoxedClipDecoder>();
        services.AddHostedService<DecodeStart>();
        return services;
    }
}
