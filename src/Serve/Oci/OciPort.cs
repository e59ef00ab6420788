using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Unreel.Serve.Oci;

/// <summary>Marks connections that came in by the port of the OCI distribution API: its paths begin with <c>/v2</c>, and so do those of the Open Inference Protocol.</summary>
internal sealed class OciPort
{
    private static readonly OciPort Mark = new();

    private OciPort()
    {
    }

    /// <summary>Marks every connection of an endpoint.</summary>
    public static void Configure(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    /// <summary>Whether a request came in by this port.</summary>
    public static bool Is(HttpContext context) => context.Features.Get<OciPort>() is not null;
}
