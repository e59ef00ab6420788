using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Registry;

namespace Unreel.Serve.Api;

/// <summary>A blob that was taken.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its bytes.</param>
public sealed record BlobDocument(Digest Digest, long Size);

/// <summary>Takes the bytes of files that an artifact is going to name.</summary>
internal static class BlobApi
{
    private const int BufferBytes = 1 << 18;

    /// <summary>Takes a blob whose digest is in the query.</summary>
    public static Task<IResult> PostAsync(HttpContext context, CancellationToken ct) =>
        PutAsync(context, new Classify.QueryReader(context.Request.Query, "digest").Text("digest") ?? string.Empty, ct);

    /// <summary>Takes a blob: to the disk first, into the store only when its digest is what was said.</summary>
    public static async Task<IResult> PutAsync(HttpContext context, string digest, CancellationToken ct)
    {
        if (!Digest.TryParse(digest, out Digest said))
            throw new RequestException(StatusCodes.Status400BadRequest, $"digest is '{digest}'; expected sha256: and 64 lower-case hexadecimal digits, so that what arrives can be held against what was sent.");

        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        ServeOptions options = context.RequestServices.GetRequiredService<ServeOptions>();
        BodyEncoding.Require(context.Request);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxBlobBytes;

        using IDisposable? place = context.RequestServices.GetRequiredService<UploadPlaces>().TryTake();
        if (place is null)
            return Problems.Busy(context, StatusCodes.Status503ServiceUnavailable, TimeSpan.FromSeconds(5), $"{UploadPlaces.Most} files are being uploaded already; send this one later.");

        await using FileStream file = Spool(options);
        (Digest found, long size) = await ReceiveAsync(context.Request.Body, file, ct);
        if (found != said)
            throw new RequestException(StatusCodes.Status400BadRequest, $"The {size} bytes that arrived have the digest {found}; expected {said}. Nothing was stored.");

        await store.AddFileAsync(PathOf(file), "application/octet-stream", "blob", ct);
        return Results.Json(new BlobDocument(found, size), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<(Digest Digest, long Size)> ReceiveAsync(Stream body, FileStream file, CancellationToken ct)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        while (await ReadAsync(body, buffer, ct) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            await WriteAsync(file, buffer.AsMemory(0, read), ct);
        }

        return (Digest.FromHash(hash.GetHashAndReset()), file.Length);
    }

    private static async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken ct)
    {
        try
        {
            return await body.ReadAsync(buffer, ct);
        }
        catch (IOException problem) when (problem is not BadHttpRequestException)
        {
            throw BodyEncoding.Broken(problem);
        }
    }

    private static async Task WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await file.WriteAsync(bytes, ct);
        }
        catch (IOException problem)
        {
            throw new RequestException(StatusCodes.Status507InsufficientStorage, "The server has no room for the upload.", problem);
        }
    }

    private static FileStream Spool(ServeOptions options)
    {
        string path = Path.Combine(options.SpoolFolder ?? Path.GetTempPath(), $"unreel-blob-{Guid.NewGuid():n}");
        FileStreamOptions how = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        FileStream file = new(path, how);

        // Where an open file can be reached without a name, it has none: nothing is left behind even by a process that is killed.
        if (OperatingSystem.IsLinux())
            File.Delete(path);
        return file;
    }

    private static string PathOf(FileStream file) => OperatingSystem.IsLinux() ? $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}" : file.Name;
}
