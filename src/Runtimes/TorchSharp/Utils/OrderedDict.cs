using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary that remembers the order in which entries were added.</summary>
public class OrderedDict<TKey, TValue> : IEnumerable<(TKey, TValue)> where TKey : notnull
{
    private readonly System.Collections.Generic.OrderedDictionary<TKey, TValue> _entries = [];

    /// <summary>How many entries.</summary>
    public int Count => _entries.Count;

    /// <summary>The values in order.</summary>
    public IEnumerable<TValue> Values => _entries.Values;

    /// <summary>The value of a key; setting an unknown key adds it at the end.</summary>
    public TValue this[TKey key]
    {
        get => _entries[key];
        set => _entries[key] = value;
    }

    /// <summary>Adds an entry; the key must be new.</summary>
    public void Add(TKey key, TValue value) => _entries.Add(key, value);

    /// <summary>Adds an entry unless the key is there.</summary>
    internal bool TryAdd(TKey key, TValue value) => _entries.TryAdd(key, value);

    /// <summary>Finds a value.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    /// <summary>Whether a key is there.</summary>
    public bool ContainsKey(TKey key) => _entries.ContainsKey(key);

    /// <summary>Removes an entry.</summary>
    public bool Remove(TKey key) => _entries.Remove(key);

    /// <summary>Removes all entries.</summary>
    public void Clear() => _entries.Clear();

    /// <inheritdoc/>
    public IEnumerator<(TKey, TValue)> GetEnumerator() => _entries.Select(entry => (entry.Key, entry.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
