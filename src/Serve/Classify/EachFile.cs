using Unreel.Serve.Http;
using Unreel.Video;

namespace Unreel.Serve.Classify;

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
