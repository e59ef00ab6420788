using System.IO.MemoryMappedFiles;
using Unreel.Video;

namespace Unreel.Synthesize.Textures;

/// <summary>A pool in files that are mapped into memory: only the parts that objects show are ever read, and all processes share them.</summary>
internal sealed unsafe class FileTexturePool : TexturePool
{
    private readonly PoolDescription _pool;
    private readonly List<MemoryMappedViewAccessor> _views = [];
    private readonly nint[] _starts;
    private bool _disposed;

    private FileTexturePool(PoolDescription pool)
    {
        _pool = pool;
        _starts = new nint[pool.FileCount];
    }

    /// <inheritdoc/>
    public override TextureFamily Family => _pool.Family;

    /// <inheritdoc/>
    public override int Count => _pool.Count;

    /// <inheritdoc/>
    public override int Frames => _pool.Frames;

    /// <inheritdoc/>
    public override int Side => _pool.Side;

    /// <summary>Opens the pool in a folder. Its files must not be changed while it is open.</summary>
    /// <exception cref="VideoException">There is none, or a file of it is missing or of the wrong length; the message names it.</exception>
    public static FileTexturePool Open(string folder)
    {
        FileTexturePool pool = new(PoolDescription.Read(folder));
        try
        {
            for (int file = 0; file < pool._starts.Length; file++)
                pool._starts[file] = pool.Map(Path.Combine(folder, PoolDescription.NameOf(file)), pool._pool.CountIn(file) * pool._pool.TextureBytes);

            return pool;
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Texels(int texture, int frame)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)texture, (uint)Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)frame, (uint)Frames);
        (int file, int place) = Math.DivRem(texture, _pool.PerFile);
        byte* start = (byte*)_starts[file] + (place * _pool.TextureBytes) + ((long)frame * _pool.FrameBytes);
        return new ReadOnlySpan<byte>(start, _pool.FrameBytes);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        if (disposing)
            Unmap();

        base.Dispose(disposing);
    }

    private void Unmap()
    {
        foreach (MemoryMappedViewAccessor view in _views)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
        }

        _views.Clear();
    }

    private nint Map(string path, long length)
    {
        FileInfo file = new(path);
        if (!file.Exists || file.Length != length)
            throw new VideoException($"{path}: expected {length} bytes of texels, found {(file.Exists ? $"{file.Length}" : "no such file")}.");

        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        MemoryMappedViewAccessor view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _views.Add(view);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return (nint)(start + view.PointerOffset);
    }
}
