using System.Net;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Oci;

namespace Unreel.Serve;

/// <content>Where it listens, and what it lets in there.</content>
public static partial class ServeHost
{
    // What a request may say before its body: more than any client of ours or a proxy's needs.
    private const int LongestLine = 8 << 10;
    private const int MostHeaderBytes = 16 << 10;
    private const int MostHeaders = 64;

    private static readonly TimeSpan UploadGrace = TimeSpan.FromSeconds(5);

    private static void CheckOci(ServeOptions options, IArtifactStore? store)
    {
        if (options.OciPort is not { } port)
            return;
        if (store is null)
            throw new UsageException("--oci-port shows what is in a store, but no store was named.");
        if (port == options.Port && port != 0)
            throw new UsageException($"--port and --oci-port are both {port}; expected two ports, since both APIs have paths that begin with /v2.");
    }

    // Of two ports, the message of the listening itself says which.
    private static string TakenPort(ServeOptions options, IOException problem) =>
        options.OciPort is { } port && problem.Message.Contains($":{port}:", StringComparison.Ordinal) ? $"{port} of {options.Host} is in use by another program; choose another with --oci-port." : $"{options.Port} of {options.Host} is in use by another program; choose another with --port.";

    private static void ConfigureListening(WebApplicationBuilder builder, ServeOptions options, IPAddress address)
    {
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Deadline + TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = LongestLine;
            kestrel.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
            kestrel.Limits.MaxRequestHeaderCount = MostHeaders;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = options.HeaderTimeout;
            kestrel.Limits.KeepAliveTimeout = options.IdleTimeout;
            kestrel.Limits.MinRequestBodyDataRate = options.MinUploadRate == 0 ? null : new MinDataRate(options.MinUploadRate, UploadGrace);
            kestrel.Listen(address, options.Port);
            if (options.OciPort is { } port)
                kestrel.Listen(address, port, OciPort.Configure);
        });

        // On loopback, only requests that name this machine are meant for it: others come through a rebound host name.
        if (IPAddress.IsLoopback(address))
            builder.Services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", address.ToString()]);
    }

    private static IPAddress ParseAddress(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ when IPAddress.TryParse(host, out IPAddress? address) => address,
        _ => throw new UsageException($"'{host}' is not an address to listen on; expected an IP address such as 127.0.0.1, localhost, or * for all."),
    };
}
