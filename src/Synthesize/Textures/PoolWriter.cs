using Microsoft.Win32.SafeHandles;
using Unreel.Pipelines;

namespace Unreel.Synthesize.Textures;

/// <summary>Draws a pool into files. A file bears its name only when it is whole, so that a second run keeps it.</summary>
/// <param name="folder">Where the files go.</param>
/// <param name="plan">What is drawn; its list of files is not looked at.</param>
/// <param name="seed">What all random choices are derived from.</param>
/// <param name="createPainter">Makes the painter of one thread.</param>
internal sealed class PoolWriter(string folder, PoolDescription plan, ulong seed, Func<TexturePainter> createPainter)
{
    private const int FileBytes = 64 << 20;

    private readonly Lock _gate = new();
    private long _done;

    /// <summary>Textures a file, for textures of a size.</summary>
    public static int PerFile(long textureBytes) => (int)Math.Max(1, FileBytes / textureBytes);

    /// <summary>Draws what is not there yet.</summary>
    /// <returns>The description, with its files' digests.</returns>
    public PoolDescription WriteAll(int workers, IProgress<StageProgress> progress, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        List<PoolFile> files = [];
        using ThreadLocal<TexturePainter> painters = new(createPainter, trackAllValues: true);
        try
        {
            for (int file = 0; file < plan.FileCount; file++)
                files.Add(WriteFile(file, painters, workers, progress, ct));
        }
        finally
        {
            foreach (TexturePainter painter in painters.Values)
                painter.Dispose();
        }

        return plan with { Files = files };
    }

    private PoolFile WriteFile(int file, ThreadLocal<TexturePainter> painters, int workers, IProgress<StageProgress> progress, CancellationToken ct)
    {
        string name = PoolDescription.NameOf(file), path = Path.Combine(folder, name);
        if (!File.Exists(path))
            WholeFile.Make(path, part => Draw(file, part, painters, workers, progress, ct));

        _done = Math.Min(plan.Count, (file + 1L) * plan.PerFile);
        Report(progress);
        return PoolFile.Of(folder, name);
    }

    private void Draw(int file, string path, ThreadLocal<TexturePainter> painters, int workers, IProgress<StageProgress> progress, CancellationToken ct)
    {
        // All of the room is taken at once, so that a full disk is known before anything is drawn.
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, preallocationSize: plan.CountIn(file) * plan.TextureBytes);
        using ThreadLocal<byte[]> buffers = new(() => new byte[plan.TextureBytes]);
        void DrawOne(int place)
        {
            byte[] pixels = buffers.Value!;
            painters.Value!.Draw(seed, (file * plan.PerFile) + place, pixels);
            RandomAccess.Write(handle, pixels, place * plan.TextureBytes);
            lock (_gate)
            {
                _done++;
                Report(progress);
            }
        }

        WorkerLoop.Run(Enumerable.Range(0, plan.CountIn(file)), workers, DrawOne, ct);
    }

    private void Report(IProgress<StageProgress> progress) => progress.Report(new StageProgress("drawing", _done, plan.Count, "textures"));
}
