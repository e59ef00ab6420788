using Unreel.Serve.Classify;
using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.OpenInference;

/// <summary><c>POST /v2/models/{m}/infer</c>: frames in, the model's outputs out, for clients that have decoded already.</summary>
internal sealed class InferEndpoint(ServeOptions options, ModelRegistry models, AdmissionGate gate, TimeProvider clock)
{
    /// <summary>Answers one request.</summary>
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        ModelHost host = InferRoutes.Find(context, models);
        using ModelLease? lease = host.Lease();
        if (lease is null)
            return RequestModels.Loading(context);

        using RequestTime time = new(context, options.Deadline, clock);
        using IDisposable? ticket = gate.TryEnter();
        if (ticket is null)
            return Problems.Busy(context, StatusCodes.Status429TooManyRequests, TimeSpan.FromSeconds(1), $"The server has {gate.Capacity} requests in hand already.");

        InferBody? body = null;
        try
        {
            body = await InferBody.ReadAsync(context.Request, options.MaxBodyBytes, time.Token);
            return await InferAsync(body, host.Choice, lease.Model, time.Token);
        }
        catch (OperationCanceledException) when (time.IsOver)
        {
            (int status, string detail) = time.Explain(uploading: body is null);
            return Problems.Of(context, status, detail);
        }
    }

    private async Task<IResult> InferAsync(InferBody body, ModelChoice choice, ServedModel model, CancellationToken ct)
    {
        InferRequest request = InferRequestReader.Read(body.Json.Span);
        IReadOnlyList<(string Name, bool IsBinary)> wanted = InferAnswer.Wanted(request, model.Classifier);
        ClipTensor clips = ClipTensor.Of(request, body, model.Classifier);
        InferenceResult result;
        using (await gate.WorkAsync(ct))
            result = await model.InferAllAsync(clips.Clips, clips.Count, ct);

        // Only where the run has ended well nobody can be reading the clips any more.
        body.Release();
        return new InferAnswer(request, choice, clips.Count, [.. wanted.Select(output => InferAnswer.Take(output.Name, output.IsBinary, result.Predictions))]);
    }
}
