using Unreel.Serve.Http;
using Unreel.Serve.Models;
using Unreel.Video;

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
            return FilesAsync(request, upload => ClipAsync(upload, request, query));

        return TimelineStream.IsWanted(request.Context.Request)
            ? stream.WriteAsync(request, query)
            : FilesAsync(request, upload => timeline.RunAsync(upload, request, query));
    }

    private static async Task<IResult> FilesAsync(VideoRequest request, Func<Upload, Task<FileResult>> work)
    {
        List<FileResult> results = await EachFile.RunAsync(request, work, (file, error) => new FileResult { File = file, Error = error }, result => result.Error);
        return Results.Json(new ClassifyResponse(request.Summary, results), ServeJson.Options);
    }

    private async Task<FileResult> ClipAsync(Upload upload, VideoRequest request, VideoQuery query)
    {
        ClipAnswer answer = await runner.RunAsync(upload, request.Model, query.Preparation, request.Time.Token);
        return Label(upload.FileName, request.Model, answer.Average.Probabilities, query.TopK) with { Video = answer.Video, Timings = answer.Timings };
    }
}

/// <summary>Works on the videos of a request one after the other.</summary>
internal static class EachFile
{
    /// <summary>Alone, a video that cannot be read fails the request (422); among several it costs only its own entry, unless none can be read.</summary>
    public static async Task<List<T>> RunAsync<T>(VideoRequest request, Func<Upload, Task<T>> work, Func<string?, string, T> fail, Func<T, string?> errorOf)
    {
        List<T> results = [];
        foreach (Upload upload in request.Uploads)
        {
            try
            {
                results.Add(await work(upload));
            }
            catch (VideoException problem) when (request.Uploads.Count > 1)
            {
                results.Add(fail(upload.FileName, problem.Message));
            }
        }

        return results.TrueForAll(result => errorOf(result) is not null)
            ? throw new RequestException(StatusCodes.Status422UnprocessableEntity, string.Join(' ', results.Select(errorOf)))
            : results;
    }
}
