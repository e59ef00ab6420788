using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Unreel.Video;

namespace Unreel.Synthesize.Textures;

/// <summary>What <c>pool.json</c> says of a pool of textures: raw texels in files of equal length, the last one shorter.</summary>
internal sealed record PoolDescription
{
    /// <summary>The file's name.</summary>
    public const string File = "pool.json";

    /// <summary>The value of <see cref="Format"/>.</summary>
    public const string CurrentFormat = "unreel.textures.v1";

    private const long MostTexelBytes = 1L << 31;

    /// <summary>Always <see cref="CurrentFormat"/>.</summary>
    public required string Format { get; init; }

    /// <summary>What the images are.</summary>
    public required TextureFamily Family { get; init; }

    /// <summary>The number of textures.</summary>
    [Range(1, 10_000_000)]
    public required int Count { get; init; }

    /// <summary>Frames of each texture.</summary>
    [Range(1, 10_000)]
    public required int Frames { get; init; }

    /// <summary>Texels a side.</summary>
    [Range(16, 2048)]
    public required int Side { get; init; }

    /// <summary>Textures a file: [texture, frame, row, column, channel], one byte each.</summary>
    [Range(1, 10_000_000)]
    public required int PerFile { get; init; }

    /// <summary>The files, in order.</summary>
    public required IReadOnlyList<PoolFile> Files { get; init; }

    /// <summary>The bytes of one frame.</summary>
    [JsonIgnore]
    public int FrameBytes => Side * Side * 3;

    /// <summary>The bytes of one texture.</summary>
    [JsonIgnore]
    public long TextureBytes => (long)Frames * FrameBytes;

    /// <summary>The number of files.</summary>
    [JsonIgnore]
    public int FileCount => (int)((Count + (long)PerFile - 1) / PerFile);

    /// <summary>The name of a file.</summary>
    public static string NameOf(int file) => $"textures-{file:D5}.rgb";

    /// <summary>The textures of a file.</summary>
    public int CountIn(int file) => (int)Math.Min(PerFile, Count - ((long)file * PerFile));

    /// <summary>Reads <see cref="File"/> in a folder.</summary>
    /// <exception cref="VideoException">The folder holds no pool, or the description is wrong.</exception>
    public static PoolDescription Read(string folder)
    {
        string path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path))
            throw new VideoException($"{folder}: is not a pool of textures: it holds no {File}. 'unreel textures' makes one, from a folder of pictures with family: images.");

        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read);
            PoolDescription pool = JsonSerializer.Deserialize<PoolDescription>(stream, SynthesisJson.Options) ?? throw new JsonException("expected an object, found null.");
            return pool.Checked();
        }
        catch (JsonException e)
        {
            throw new VideoException($"{path}: is not the description of a pool: {e.Message}", e);
        }
    }

    /// <summary>Reads every byte of a pool that lies in a folder of the user's, where no store has checked it.</summary>
    /// <exception cref="VideoException">A file is not what the description says; the message names it.</exception>
    public static void Verify(string folder)
    {
        foreach (PoolFile file in Read(folder).Files)
        {
            string path = Path.Combine(folder, file.Name);
            if (!System.IO.File.Exists(path))
                throw new VideoException($"{path}: there is no such file, and the pool lists it.");

            PoolFile found = PoolFile.Of(folder, file.Name);
            if (found != file)
                throw new VideoException($"{path}: is damaged: expected sha256 {file.Sha256}, found {found.Sha256}.");
        }
    }

    /// <summary>The text of <see cref="File"/>; equal pools give equal text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SynthesisJson.Options) + "\n";

    private PoolDescription Checked()
    {
        if (Format != CurrentFormat)
            throw new JsonException($"expected format '{CurrentFormat}', found '{Format}'.");
        if (PresetRules.Check(this) is [string failure, ..])
            throw new JsonException(failure);
        if (TextureBytes > MostTexelBytes)
            throw new JsonException($"a texture has {TextureBytes} bytes; expected no more than {MostTexelBytes}.");

        if (Files.Contains(null!))
            throw new JsonException("expected files, found null.");

        string[] names = [.. Enumerable.Range(0, FileCount).Select(NameOf)];
        return names.SequenceEqual(Files.Select(file => file.Name))
            ? this
            : throw new JsonException($"expected the files {names[0]} to {names[^1]}, found {string.Join(", ", Files.Select(file => file.Name).Take(3))}.");
    }
}

/// <summary>A file of a pool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">The digest of its bytes, hexadecimal.</param>
internal sealed record PoolFile(string Name, string Sha256)
{
    /// <summary>Reads all of a file in pieces.</summary>
    public static PoolFile Of(string folder, string name)
    {
        using FileStream stream = new(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.SequentialScan);
        return new PoolFile(name, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
