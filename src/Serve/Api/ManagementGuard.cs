using Unreel.Serve.Http;

namespace Unreel.Serve.Api;

/// <summary>
/// Lets nobody write to a store on a server without a management key, not even on loopback: whoever can open a connection there need not be whoever owns the
/// store. With keys, <see cref="KeyGuard"/> has asked for one already.
/// </summary>
/// <param name="keys">The keys.</param>
internal sealed class ManagementGuard(ApiKeys keys) : IEndpointFilter
{
    /// <summary>What a caller is told.</summary>
    public const string Refusal = $"Writing needs a management key and this server has none: start it with {ApiKeys.Variable}=management:KEY (16 characters or more) or --keys-file, and send Authorization: Bearer KEY.";

    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext request = context.HttpContext;
        bool reads = HttpMethods.IsGet(request.Request.Method) || HttpMethods.IsHead(request.Request.Method);
        return reads || keys.ScopesOfHeader(request.Request.Headers.Authorization).HasFlag(KeyScopes.Management)
            ? next(context)
            : throw new RequestException(StatusCodes.Status403Forbidden, Refusal);
    }
}
