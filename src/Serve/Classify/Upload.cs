using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>The bytes of one uploaded file: in memory while they are few, else in a file that no crash leaves behind.</summary>
internal sealed class Upload : IAsyncDisposable
{
    private Upload(string? fileName, Stream content) => (FileName, Content) = (fileName, content);

    /// <summary>The name the caller gave the file, without folders; null where there was none.</summary>
    public string? FileName { get; }

    /// <summary>The bytes, seekable, at the beginning.</summary>
    public Stream Content { get; }

    /// <summary>What messages call it.</summary>
    public string Name => FileName ?? "the uploaded video";

    /// <summary>Reads a body to its end.</summary>
    /// <exception cref="RequestException">It is empty (400).</exception>
    public static async Task<Upload> ReadAsync(Stream body, string? fileName, ServeOptions options, CancellationToken ct)
    {
        Stream content = new MemoryStream();
        try
        {
            byte[] buffer = new byte[81920];
            int read;
            while ((read = await body.ReadAsync(buffer, ct)) > 0)
            {
                content = await WriteAsync(content, buffer.AsMemory(0, read), options, ct);
            }

            if (content.Length == 0)
                throw new RequestException(StatusCodes.Status400BadRequest, $"{(fileName is null ? "The body" : $"The file {fileName}")} is empty; expected the bytes of a video.");

            await RewindAsync(content, ct);
            return new Upload(fileName, content);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();

    private static async Task<Stream> WriteAsync(Stream content, ReadOnlyMemory<byte> bytes, ServeOptions options, CancellationToken ct)
    {
        try
        {
            if (content is MemoryStream memory && memory.Length + bytes.Length > options.MemoryThreshold)
                content = await SpillAsync(memory, options.SpoolFolder, ct);

            await content.WriteAsync(bytes, ct);
            return content;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(problem);
        }
    }

    // What the stream still holds back is written now, and there may be no room for it.
    private static async Task RewindAsync(Stream content, CancellationToken ct)
    {
        try
        {
            await content.FlushAsync(ct);
            content.Position = 0;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(problem);
        }
    }

    private static RequestException NoRoom(Exception problem) =>
        new(StatusCodes.Status507InsufficientStorage, "The server has no room for the upload.", problem);

    // The name is taken away as soon as the file is open: its room is given back even when the process is killed.
    private static async Task<Stream> SpillAsync(MemoryStream memory, string? folder, CancellationToken ct)
    {
        string path = Path.Combine(folder ?? Path.GetTempPath(), $"unreel-upload-{Guid.NewGuid():n}");
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        FileStream file = new(path, options);
        try
        {
            File.Delete(path);
            memory.Position = 0;
            await memory.CopyToAsync(file, ct);
            await memory.DisposeAsync();
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
