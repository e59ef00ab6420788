using System.Collections;
using System.Globalization;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules in a row, registered under their positions.</summary>
public class ModuleList<T> : Module, IList<T> where T : Module
{
    private readonly List<T> _list = [];
    private bool _registered;

    /// <summary>Holds these modules.</summary>
    public ModuleList(params T[] modules)
        : base(nameof(ModuleList)) => _list.AddRange(modules);

    /// <inheritdoc/>
    public int Count => _list.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public T this[int index]
    {
        get => _list[index];
        set => _list[index] = value;
    }

    /// <inheritdoc/>
    public void Add(T item) => _list.Add(item);

    /// <summary>Adds modules at the end.</summary>
    public void append(params T[] parameters) => _list.AddRange(parameters);

    /// <summary>Adds modules at the end.</summary>
    public void extend(IEnumerable<T> modules) => _list.AddRange(modules);

    /// <inheritdoc/>
    public void Clear() => _list.Clear();

    /// <inheritdoc/>
    public bool Contains(T item) => _list.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(T[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();

    /// <inheritdoc/>
    public int IndexOf(T item) => _list.IndexOf(item);

    /// <inheritdoc/>
    public void Insert(int index, T item) => _list.Insert(index, item);

    /// <inheritdoc/>
    public bool Remove(T item) => _list.Remove(item);

    /// <inheritdoc/>
    public void RemoveAt(int index) => _list.RemoveAt(index);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        if (_registered)
            return;
        for (var i = 0; i < _list.Count; i++)
            register_module(i.ToString(CultureInfo.InvariantCulture), _list[i]);
        _registered = true;
    }
}
