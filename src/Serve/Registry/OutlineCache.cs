using Unreel.Artifacts;
using Unreel.Onnx;

namespace Unreel.Serve.Registry;

/// <summary>Outlines of the models looked at last, by the digest of their bytes: equal bytes have equal outlines.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class OutlineCache(int most)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<Digest, ModelOutline> _outlines = [];
    private readonly LinkedList<Digest> _order = [];

    /// <summary>Those that the pages of a process share.</summary>
    internal static OutlineCache Shared { get; } = new(32);

    /// <summary>Returns an outline that is kept, null where it is not.</summary>
    internal ModelOutline? Find(Digest digest)
    {
        lock (_turn)
        {
            if (!_outlines.TryGetValue(digest, out ModelOutline? outline))
                return null;

            _order.Remove(digest);
            _order.AddLast(digest);
            return outline;
        }
    }

    /// <summary>Keeps an outline, and forgets the one that was not asked for longest where there are too many.</summary>
    internal void Keep(Digest digest, ModelOutline outline)
    {
        lock (_turn)
        {
            if (!_outlines.TryAdd(digest, outline))
                return;

            _order.AddLast(digest);
            if (_order.Count <= most)
                return;

            _outlines.Remove(_order.First!.Value);
            _order.RemoveFirst();
        }
    }
}
