namespace Unreel.Video;

/// <summary>Windows read one after the other, each frame decoded and cut once. For one thread at a time.</summary>
internal sealed class WindowPass(WindowPlan plan, ClipPreparation preparation) : IDisposable
{
    private readonly SquareCutter _cutter = new(preparation);
    private readonly SortedDictionary<int, byte[]> _squares = [];
    private readonly Stack<byte[]> _free = [];
    private int _done = -1;

    /// <summary>Frames kept at present, cut.</summary>
    public int Kept => _squares.Count;

    /// <summary>Reads the next window; they must be asked for in order.</summary>
    public ViewSet Read(IFrameReader reader, int window, CancellationToken ct)
    {
        int[] frames = plan.Frames(window);
        Forget(frames[0]);
        int[] missing = Missing(window, frames[^1]);
        if (missing.Length > 0)
            reader.Visit(missing, (position, rgb) => _squares[missing[position]] = Cut(rgb, reader.Info.Size), ct, last: window == plan.Count - 1);
        _done = Math.Max(_done, frames[^1]);
        return Assemble(frames);
    }

    /// <inheritdoc/>
    public void Dispose() => _cutter.Dispose();

    // What comes before the window's first frame no later window looks at either.
    private void Forget(int first)
    {
        foreach (int number in _squares.Keys.TakeWhile(number => number < first).ToArray())
        {
            _free.Push(_squares[number]);
            _squares.Remove(number);
        }
    }

    // Later windows may look at frames between this one's: passed by, they would have to be come back for.
    private int[] Missing(int window, int last)
    {
        SortedSet<int> missing = [];
        for (int open = window; open < plan.Count && plan.First(open) <= last; open++)
            missing.UnionWith(plan.Frames(open).Where(number => number > _done && number <= last));
        return [.. missing];
    }

    private byte[] Cut(ReadOnlySpan<byte> rgb, FrameSize size)
    {
        byte[] squares = _free.TryPop(out byte[]? free) ? free : new byte[_cutter.Bytes * preparation.Crops];
        for (int crop = 0; crop < preparation.Crops; crop++)
            _cutter.Cut(crop, rgb, size, squares.AsSpan(crop * _cutter.Bytes, _cutter.Bytes));
        return squares;
    }

    private ViewSet Assemble(int[] frames)
    {
        int bytes = _cutter.Bytes;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(preparation.Crops * frames.Length * bytes));
        for (int crop = 0; crop < preparation.Crops; crop++)
            for (int frame = 0; frame < frames.Length; frame++)
                _squares[frames[frame]].AsSpan(crop * bytes, bytes).CopyTo(pixels.AsSpan(((crop * frames.Length) + frame) * bytes));
        return new ViewSet(pixels, preparation.Crops, frames.Length, preparation.Size);
    }
}
