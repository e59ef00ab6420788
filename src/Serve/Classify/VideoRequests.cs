using Unreel.Serve.Models;

namespace Unreel.Serve.Classify;

/// <summary>A request whose videos are here.</summary>
/// <param name="Request">The request.</param>
/// <param name="Uploads">Its videos, at least one.</param>
internal sealed record VideoRequest(ModelRequest Request, IReadOnlyList<Upload> Uploads);

/// <summary>What all routes that take videos have in common beyond <see cref="ModelRequests"/>: take the upload and leave nothing of it behind.</summary>
internal sealed class VideoRequests(ServeOptions options, ModelRegistry models, ModelRequests requests)
{
    /// <summary>Takes one request through.</summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Reads the query, before the upload is taken.</param>
    /// <param name="work">Answers.</param>
    public Task<IResult> RunAsync<TQuery>(HttpContext context, Func<IQueryCollection, IClipClassifier, TQuery> read, Func<VideoRequest, TQuery, Task<IResult>> work)
    {
        ModelHost host = RequestModels.Find(models, context.GetRouteValue(RequestModels.Route) as string);
        return requests.RunAsync(context, host, decodes: true, read, async (request, query) =>
        {
            IReadOnlyList<Upload> uploads = await UploadReader.ReadAsync(context.Request, options, request.Time.Token);
            try
            {
                request.Arrived(uploads.Sum(upload => upload.Content.Length));
                return await work(new VideoRequest(request, uploads), query);
            }
            finally
            {
                await UploadReader.DisposeAsync(uploads);
            }
        });
    }
}
