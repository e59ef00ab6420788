using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Serve.Http;
using Unreel.Video;

namespace Unreel.Serve.Registry;

/// <summary>The frames of the clip that a model is tested with, as one picture.</summary>
internal static class GoldenPicture
{
    private const long MostBytes = 64 << 20;
    private const int MostColumns = 8, MostFrames = 64, MostSide = 1024;

    /// <summary>Whether an artifact brings such a clip.</summary>
    public static bool IsIn(Artifact artifact) => Layer(artifact) is not null;

    /// <summary>Answers with the picture.</summary>
    public static async Task<IResult> SendAsync(HttpContext context, string kind, string name, string which, CancellationToken ct)
    {
        Artifact artifact = await RegistryRoutes.FindAsync(context.RequestServices, kind, name, which, ct);
        Descriptor layer = Layer(artifact) ?? throw new RequestException(StatusCodes.Status404NotFound, $"{artifact.Reference} brings no clip that it is tested with, or one of more than {MostBytes} bytes.");
        byte[] bytes = await LayerBytes.ReadAsync(RegistryRoutes.Store(context.RequestServices), layer, ct);
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.Bytes(await Task.Run(() => Draw(bytes, artifact.Reference), ct), "image/png");
    }

    private static byte[] Draw(byte[] bytes, ArtifactRef artifact)
    {
        try
        {
            using MemoryStream file = new(bytes);
            NamedTensor tensor = TensorFile.Read(file, GoldenClip.Files[0], MostBytes);
            if (tensor.Type != ElementType.UInt8 || tensor.Shape is not [1, > 0 and <= MostFrames, > 0 and <= MostSide, > 0 and <= MostSide, 3])
                throw new RequestException(StatusCodes.Status422UnprocessableEntity, $"The clip of {artifact} is {tensor.Type} [{string.Join(", ", tensor.Shape)}]; expected UInt8 [1, frames, height, width, 3].");

            return Sheet((int)tensor.Shape[1], new FrameSize((int)tensor.Shape[3], (int)tensor.Shape[2]), tensor.Bytes);
        }
        catch (OnnxModelException problem)
        {
            throw new RequestException(StatusCodes.Status422UnprocessableEntity, $"The clip of {artifact} cannot be read: {problem.Message}", problem);
        }
    }

    private static byte[] Sheet(int frames, FrameSize size, ReadOnlyMemory<byte> pixels)
    {
        int columns = Math.Min(MostColumns, frames), each = size.Width * size.Height * 3;
        Clip[] rows = [.. Enumerable.Range(0, (frames + columns - 1) / columns).Select(row => Math.Min(columns, frames - (row * columns)) is var count ? new Clip(count, size, pixels.Slice(row * columns * each, count * each).ToArray()) : null!)];
        Clip sheet = ContactSheet.Draw(rows, columns, size);
        using MemoryStream png = new();
        Png.Write(png, sheet.Pixels, sheet.Size);
        return png.ToArray();
    }

    private static Descriptor? Layer(Artifact artifact) => artifact.Reference.Kind != ArtifactKind.Onnx
        ? null
        : artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title == GoldenClip.Files[0] && layer.Size <= MostBytes);
}
