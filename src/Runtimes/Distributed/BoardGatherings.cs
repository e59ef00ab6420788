namespace Unreel.Distributed;

/// <summary>What is being gathered from all processes, one part of each. Not safe for several threads.</summary>
internal sealed class BoardGatherings(int count)
{
    private readonly Dictionary<long, byte[]?[]> _parts = [];

    /// <summary>Takes a process's part.</summary>
    /// <returns>All parts in one, when this was the last.</returns>
    public byte[]? Give(long number, int rank, byte[] part)
    {
        if (!_parts.TryGetValue(number, out byte[]?[]? parts))
            _parts[number] = parts = new byte[]?[count];
        parts[rank] = part;
        if (Array.Exists(parts, one => one is null))
            return null;

        _parts.Remove(number);
        return Parts.Join(parts!);
    }

    /// <summary>Whether a process's part is waited for.</summary>
    public bool IsAwaited(int rank) => _parts.Values.Any(parts => parts[rank] is null);
}
