using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>What was made last of some bytes, by their digest: equal bytes give equal things.</summary>
/// <typeparam name="T">What is made of them.</typeparam>
/// <param name="most">How many are kept.</param>
internal sealed class DigestCache<T>(int most)
    where T : class
{
    private readonly Lock _turn = new();
    private readonly Dictionary<Digest, T> _kept = [];
    private readonly LinkedList<Digest> _order = [];

    /// <summary>Returns what is kept, null where nothing is.</summary>
    public T? Find(Digest digest)
    {
        lock (_turn)
        {
            if (!_kept.TryGetValue(digest, out T? found))
                return null;

            _order.Remove(digest);
            _order.AddLast(digest);
            return found;
        }
    }

    /// <summary>Keeps something, and forgets what was not asked for longest where there is too much.</summary>
    public void Keep(Digest digest, T made)
    {
        lock (_turn)
        {
            if (!_kept.TryAdd(digest, made))
                return;

            _order.AddLast(digest);
            if (_order.Count <= most)
                return;

            _kept.Remove(_order.First!.Value);
            _order.RemoveFirst();
        }
    }
}
