using Microsoft.AspNetCore.WebUtilities;
using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <summary>What a person is told who came to a page that cannot be shown.</summary>
internal static class ProblemPage
{
    /// <summary>The page; <paramref name="detail"/> is for the caller's eyes and names nothing of the server's.</summary>
    public static Html Of(HttpContext context, string nonce, int status, string detail) => Layout.Page(ReasonPhrases.GetReasonPhrase(status), nonce, Html.Of($"""
        <p class="error" role="alert">{detail}</p>
        <p><a href="/registry">To the list of artifacts</a></p>
        <p class="quiet">Status {status}, request {context.TraceIdentifier}</p>
        """));
}
