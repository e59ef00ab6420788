using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.Classify;

/// <summary><c>POST</c> or <c>PUT</c> to <c>/v1/classify</c> and <c>/v1/models/{m}/classify</c>: videos in, labels out.</summary>
internal sealed class ClassifyEndpoint(VideoRequests requests, ClipRunner runner, TimelineAnswer timeline, TimelineStream stream)
{
    /// <summary>Answers one request.</summary>
    public Task<IResult> HandleAsync(HttpContext context) => requests.RunAsync(context, VideoQuery.Read, AnswerAsync);

    /// <summary>Labels of one video, by an answer of the model.</summary>
    public static FileResult Label(string? file, ServedModel model, ReadOnlySpan<float> probabilities, int topK)
    {
        IReadOnlyList<Prediction> best = Ranking.Top(probabilities, model.Classifier.Labels, topK);
        return new FileResult { File = file, Label = best[0].Label, Probability = best[0].Probability, Predictions = best };
    }

    private Task<IResult> AnswerAsync(VideoRequest request, VideoQuery query)
    {
        if (!query.Timeline)
            return FilesAsync(request, upload => ClipAsync(upload, request.Request, query));

        if (TimelineStream.IsWanted(request.Request.Context.Request))
            return stream.WriteAsync(request, query);

        TimelineRoom room = new(query.TopK);
        return FilesAsync(request, upload => timeline.RunAsync(upload, request.Request, query, room));
    }

    private static async Task<IResult> FilesAsync(VideoRequest request, Func<Upload, Task<FileResult>> work)
    {
        List<FileResult> results = await EachFile.RunAsync(request, work, (file, error) => new FileResult { File = file, Error = error }, result => result.Error);
        return Results.Json(new ClassifyResponse(request.Request.Summary, results), ServeJson.Options);
    }

    private async Task<FileResult> ClipAsync(Upload upload, ModelRequest request, VideoQuery query)
    {
        ClipAnswer answer = await runner.RunAsync(upload, request, query.Preparation);
        return Label(upload.FileName, request.Model, answer.Average.Probabilities, query.TopK) with { Video = answer.Video, Timings = answer.Timings };
    }
}
