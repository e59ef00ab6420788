using Unreel.Serve.Admission;
using Unreel.Serve.Http;
using Unreel.Serve.Models;
using Unreel.Serve.Observability;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Classify;

/// <summary>What all routes to a model have in common: hold it, read the query, be let in, be in time.</summary>
internal sealed class ModelRequests(ServeOptions options, AdmissionGate gate, ServeMeter meter, TimeProvider clock)
{
    /// <summary>Takes one request through.</summary>
    /// <param name="context">The request.</param>
    /// <param name="host">The model it is for.</param>
    /// <param name="decodes">Whether it brings videos; else it brings frames.</param>
    /// <param name="read">Reads the query, before anything of the body is taken.</param>
    /// <param name="work">Takes the body and answers.</param>
    public async Task<IResult> RunAsync<TQuery>(HttpContext context, ModelHost host, bool decodes, Func<IQueryCollection, IClipClassifier, TQuery> read, Func<ModelRequest, TQuery, Task<IResult>> work)
    {
        if (RequestRecord.Current is { } record)
            record.Model = host.Choice;

        using ModelLease? lease = host.Lease();
        if (lease is null)
        {
            meter.Refused(host.Choice, RequestReason.NotReady);
            return RequestModels.Loading(context);
        }

        TQuery query = read(context.Request.Query, lease.Model.Classifier);
        using RequestTime time = new(context, options.Deadline, clock);
        using AdmissionTicket? ticket = gate.TryEnter(lease.Model, time.Allowed, out AdmissionRefusal? refusal, decodes);
        if (ticket is null)
            return Refuse(context, host, refusal!);

        ModelRequest request = new(context, host.Choice, lease.Model, ticket, time, meter);
        try
        {
            return await work(request, query);
        }
        catch (RefusedException refused)
        {
            return Refuse(context, host, refused.Refusal);
        }
        catch (DecodeStoppedException stop)
        {
            if (RequestRecord.Current is { } lost)
                lost.Reason = stop.Reason is DecodeStop.Memory or DecodeStop.Time or DecodeStop.Processor ? RequestReason.BeyondLimits : RequestReason.DecoderLost;

            throw;
        }
        catch (OperationCanceledException) when (time.IsOver)
        {
            // What is left of the body is not waited for.
            if (!request.HasArrived)
                context.Response.Headers.Connection = "close";

            (int status, string detail) = time.Explain(uploading: !request.HasArrived);
            return Problems.Of(context, status, detail);
        }
    }

    private IResult Refuse(HttpContext context, ModelHost host, AdmissionRefusal refusal)
    {
        meter.Refused(host.Choice, RequestReason.Full);
        return Problems.Busy(context, StatusCodes.Status429TooManyRequests, refusal.RetryAfter, refusal.Reason);
    }
}
