namespace Unreel.Serve.Api;

/// <summary>Keeps uploads of blobs from filling the disk all at once: each lies there until it is whole.</summary>
internal sealed class UploadPlaces
{
    /// <summary>How many are taken at once.</summary>
    public const int Most = 4;

    private int _taken;

    /// <summary>Takes a place; null where there is none.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Most)
            return new Place(this);

        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Place(UploadPlaces places) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                Interlocked.Decrement(ref places._taken);
        }
    }
}
