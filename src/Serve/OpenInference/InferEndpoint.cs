using Unreel.Serve.Classify;
using Unreel.Serve.Models;

namespace Unreel.Serve.OpenInference;

/// <summary><c>POST /v2/models/{m}/infer</c>: frames in, the model's outputs out, for clients that have decoded already.</summary>
internal sealed class InferEndpoint(ServeOptions options, ModelRegistry models, ModelRequests requests, InferRoom room)
{
    /// <summary>Answers one request.</summary>
    public Task<IResult> HandleAsync(HttpContext context) =>
        requests.RunAsync(context, InferRoutes.Find(context, models), decodes: false, static (_, _) => 0, async (request, _) =>
        {
            using InferBody body = await InferBody.ReadAsync(context.Request, options.MaxBodyBytes, room, request.Time.Token);
            request.Arrived(body.Length);
            return await InferAsync(body, request);
        });

    private static async Task<IResult> InferAsync(InferBody body, ModelRequest request)
    {
        IClipClassifier model = request.Model.Classifier;
        InferRequest asked = InferRequestReader.Read(body.Json.Span);
        IReadOnlyList<(string Name, bool IsBinary)> wanted = InferAnswer.Wanted(asked, model);
        ClipTensor clips = ClipTensor.Of(asked, body, model);
        InferenceResult result = await request.InferAsync(clips.Clips, clips.Count, request.Time.Token);
        request.Queued(result.Queued);

        // Only where the run has ended well nobody can be reading the clips any more.
        body.Release();
        return new InferAnswer(asked, request.Choice, clips.Count, [.. wanted.Select(output => InferAnswer.Take(output.Name, output.IsBinary, result.Predictions))]);
    }
}
