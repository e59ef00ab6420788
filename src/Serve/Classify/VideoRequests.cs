using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.Classify;

/// <summary>A request whose videos are here.</summary>
/// <param name="Context">The request.</param>
/// <param name="Choice">The model by its names.</param>
/// <param name="Model">The model, held open as long as the request.</param>
/// <param name="Uploads">Its videos, at least one.</param>
/// <param name="Time">How long it may take.</param>
internal sealed record VideoRequest(HttpContext Context, ModelChoice Choice, ServedModel Model, IReadOnlyList<Upload> Uploads, RequestTime Time)
{
    /// <summary>The model as answers name it.</summary>
    public ModelSummary Summary => new(Choice.Name, Choice.Version, Model.Source.Digest.ToString());
}

/// <summary>What all routes that take videos have in common: find the model, read the query, be admitted, take the upload, be in time, leave nothing behind.</summary>
internal sealed class VideoRequests(ServeOptions options, ModelRegistry models, AdmissionGate gate, TimeProvider clock)
{
    /// <summary>Takes one request through.</summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Reads the query, before the upload is taken.</param>
    /// <param name="work">Answers.</param>
    public async Task<IResult> RunAsync<TQuery>(HttpContext context, Func<IQueryCollection, IClipClassifier, TQuery> read, Func<VideoRequest, TQuery, Task<IResult>> work)
    {
        ModelHost host = RequestModels.Find(models, context.GetRouteValue(RequestModels.Route) as string);
        using ModelLease? lease = host.Lease();
        if (lease is null)
            return RequestModels.Loading(context);

        TQuery query = read(context.Request.Query, lease.Model.Classifier);
        using RequestTime time = new(context, options.Deadline, clock);
        using IDisposable? ticket = gate.TryEnter();
        if (ticket is null)
            return Problems.Busy(context, StatusCodes.Status429TooManyRequests, TimeSpan.FromSeconds(1), $"The server has {gate.Capacity} requests in hand already.");

        IReadOnlyList<Upload>? uploads = null;
        try
        {
            uploads = await UploadReader.ReadAsync(context.Request, options, time.Token);
            return await work(new VideoRequest(context, host.Choice, lease.Model, uploads, time), query);
        }
        catch (OperationCanceledException) when (time.IsOver)
        {
            (int status, string detail) = time.Explain(uploads is null);
            return Problems.Of(context, status, detail);
        }
        finally
        {
            await UploadReader.DisposeAsync(uploads ?? []);
        }
    }
}
