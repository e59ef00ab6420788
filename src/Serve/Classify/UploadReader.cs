using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>Takes the videos out of a request: a raw body is one, a form may hold several.</summary>
internal static class UploadReader
{
    private const int LongestBoundary = 200, LongestName = 255;

    private static readonly string[] RawTypes = ["video/", "application/octet-stream", "application/mp4", "application/x-matroska", "application/vnd.rn-realmedia", "image/gif", "binary/octet-stream"];

    /// <summary>Reads all videos of a request; the caller disposes them.</summary>
    /// <exception cref="RequestException">The request holds no video that can be taken.</exception>
    public static async Task<IReadOnlyList<Upload>> ReadAsync(HttpRequest request, ServeOptions options, CancellationToken ct)
    {
        BodyEncoding.Require(request);
        if (string.IsNullOrEmpty(request.ContentType))
            return [await ReadRawAsync(request, options, ct)];

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
            throw Unsupported(request.ContentType);
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return await ReadFormAsync(request, type, options, ct);
        if (RawTypes.Any(known => type.MediaType.StartsWith(known, StringComparison.OrdinalIgnoreCase)))
            return [await ReadRawAsync(request, options, ct)];

        throw Unsupported(type.MediaType.ToString());
    }

    private static async Task<Upload> ReadRawAsync(HttpRequest request, ServeOptions options, CancellationToken ct)
    {
        try
        {
            return await Upload.ReadAsync(request.Body, null, options, ct);
        }
        catch (IOException problem) when (problem is not BadHttpRequestException)
        {
            throw BodyEncoding.Broken(problem);
        }
    }

    private static RequestException Unsupported(string type) =>
        new(StatusCodes.Status415UnsupportedMediaType, $"The content type {type} holds no video; expected video/*, application/octet-stream or none for a raw body (curl -T clip.mp4 URL), or multipart/form-data (curl -F file=@clip.mp4 URL).");

    private static async Task<IReadOnlyList<Upload>> ReadFormAsync(HttpRequest request, MediaTypeHeaderValue type, ServeOptions options, CancellationToken ct)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > LongestBoundary)
            throw new RequestException(StatusCodes.Status400BadRequest, $"The form's boundary has {boundary.Length} characters; expected 1 to {LongestBoundary}.");

        List<Upload> uploads = [];
        try
        {
            MultipartReader reader = new(boundary, request.Body);
            while (await reader.ReadNextSectionAsync(ct) is { } section)
                uploads.Add(await ReadSectionAsync(section, uploads.Count, options, ct));
        }
        catch (Exception problem)
        {
            await DisposeAsync(uploads);
            // The reader says of a malformed form what is wrong in InvalidDataException, and of one that ends early in IOException.
            if (problem is InvalidDataException malformed)
                throw new RequestException(StatusCodes.Status400BadRequest, $"The form cannot be read: {malformed.Message}", malformed);

            // Its words could be the system's, and name what is the server's own.
            if (problem is IOException and not BadHttpRequestException)
                throw new RequestException(StatusCodes.Status400BadRequest, "The form cannot be read: it ends before its last boundary, or the connection broke.", problem);

            throw;
        }

        return uploads.Count > 0 ? uploads : throw new RequestException(StatusCodes.Status400BadRequest, "The form holds no file; expected one or several, as curl -F file=@clip.mp4 sends them.");
    }

    private static async Task<Upload> ReadSectionAsync(MultipartSection section, int already, ServeOptions options, CancellationToken ct)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) || !disposition.IsFileDisposition())
            throw new RequestException(StatusCodes.Status400BadRequest, $"The form's field '{Short(disposition?.Name.ToString())}' is no file; options belong into the query (?top_k=3).");
        if (already == options.MaxFiles)
            throw new RequestException(StatusCodes.Status400BadRequest, $"The form holds more than {options.MaxFiles} files.");

        string path = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        string name = path.Split('/', '\\')[^1];
        if (name.Length > LongestName)
            throw new RequestException(StatusCodes.Status400BadRequest, $"The name of file {already + 1} has {name.Length} characters; expected at most {LongestName}.");

        return await Upload.ReadAsync(section.Body, name, options, ct);
    }

    private static string? Short(string? text) => text is { Length: > LongestName } ? text[..LongestName] + "…" : text;

    /// <summary>Gives back the room of all uploads.</summary>
    public static async Task DisposeAsync(IEnumerable<Upload> uploads)
    {
        foreach (Upload upload in uploads)
            await upload.DisposeAsync();
    }
}
