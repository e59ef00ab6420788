using Unreel.Serve.Http;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary><c>POST</c> or <c>PUT</c> to <c>/v1/embed</c> and <c>/v1/models/{m}/embed</c>: videos in, features out.</summary>
internal sealed class EmbedEndpoint(VideoRequests requests, ClipRunner runner)
{
    /// <summary>Answers one request.</summary>
    public Task<IResult> HandleAsync(HttpContext context) => requests.RunAsync(context, EmbedQuery.Read, AnswerAsync);

    private async Task<IResult> AnswerAsync(VideoRequest request, EmbedQuery query)
    {
        List<FileFeatures> results = await EachFile.RunAsync(
            request,
            upload => EmbedAsync(upload, request.Request, query),
            (file, error) => new FileFeatures { File = file, Error = error },
            result => result.Error);
        return Results.Json(new EmbedResponse(request.Request.Summary, request.Request.Model.Classifier.Width, results), ServeJson.Options);
    }

    private async Task<FileFeatures> EmbedAsync(Upload upload, ModelRequest request, EmbedQuery query)
    {
        ClipAnswer answer = await runner.RunAsync(upload, request, query.Preparation);
        float[] features = answer.Average.Features;
        double length = Math.Sqrt(features.Sum(value => (double)value * value));
        // What has no direction stays as it is.
        if (query.Normalise && length > 0)
            features = Array.ConvertAll(features, value => (float)(value / length));

        return new FileFeatures { File = upload.FileName, Features = features, Video = answer.Video, Timings = answer.Timings };
    }

    private sealed record EmbedQuery(ClipPreparation Preparation, bool Normalise)
    {
        public static EmbedQuery Read(IQueryCollection query, IClipClassifier model)
        {
            QueryReader reader = new(query, "views", "normalise");
            return model.Width > 0
                ? new EmbedQuery(VideoQuery.Views(reader, model.Preparation), reader.Flag("normalise"))
                : throw QueryReader.Refused("The model gives no features, only labels: it was exported or imported without that output.");
        }
    }
}
