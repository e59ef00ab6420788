using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace Unreel.Artifacts.Blobs;

/// <summary>Makes the client of a container, without the SDK's own retries.</summary>
internal static class AzureContainers
{
    // Not a secret: the emulator's account is the same everywhere and is printed in its manual.
    private const string EmulatorAccount =
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public static BlobContainerClient Open(StoreUri uri, ArtifactStoreOptions options)
    {
        BlobClientOptions client = Options(options);
        return uri switch
        {
            StoreUri.Emulator { Endpoint: null } e => new BlobServiceClient("UseDevelopmentStorage=true", client).GetBlobContainerClient(e.Container),
            StoreUri.Emulator e => new BlobServiceClient($"{EmulatorAccount};BlobEndpoint={e.Endpoint}", client).GetBlobContainerClient(e.Container),
            StoreUri.Azure { HasSas: true } e => new BlobContainerClient(e.Uri, client),
            StoreUri.Azure e => new BlobContainerClient(e.Uri, options.Credential ?? new DefaultAzureCredential(), client),
            _ => throw new ArgumentException("A folder is no container.", nameof(uri)),
        };
    }

    private static BlobClientOptions Options(ArtifactStoreOptions options) => new()
    {
        Transport = options.Transport ?? Transport(options.ConnectTimeout),
        Retry =
        {
            MaxRetries = 0,
            // Ends later than our own time-out, which is the one that counts.
            NetworkTimeout = options.AttemptTimeout + TimeSpan.FromSeconds(30),
        },
        Diagnostics = { IsTelemetryEnabled = false },
    };

    private static HttpClientTransport Transport(TimeSpan connect) => new(new HttpClient(new SocketsHttpHandler
    {
        ConnectTimeout = connect,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AllowAutoRedirect = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    });
}
