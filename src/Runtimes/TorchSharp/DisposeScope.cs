namespace TorchSharp;

/// <summary>Disposes, when it ends, every tensor that its thread created while it was the innermost one.</summary>
public sealed partial class DisposeScope : IDisposable
{
    private DisposeScopeManager? _manager;

    internal DisposeScope(DisposeScopeManager manager)
    {
        _manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    internal DisposeScope? OuterScope { get; set; }

    internal HashSet<IDisposable> Disposables { get; private set; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>A copy of what the scope holds now.</summary>
    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            ObjectDisposedException.ThrowIf(_manager is null, this);
            return [.. Disposables];
        }
    }

    /// <summary>How many disposables the scope holds.</summary>
    public int DisposablesCount
    {
        get
        {
            ObjectDisposedException.ThrowIf(_manager is null, this);
            return Disposables.Count;
        }
    }

    /// <summary>Whether the scope holds a disposable.</summary>
    public bool Contains(IDisposable disposable) => Disposables.Contains(disposable);

    /// <summary>Takes tensors out of all scopes: from now on their owner disposes them.</summary>
    public void Detach(IEnumerable<IDisposable> disposables)
    {
        ObjectDisposedException.ThrowIf(_manager is null, this);
        foreach (var disposable in disposables)
        {
            if (!Disposables.Remove(disposable) || disposable is not torch.Tensor tensor)
                continue;
            _manager.StatisticsInstance.TensorStatistics.DetachedFromScopeCount++;
            tensor.OwningDisposeScope = null;
        }
    }

    /// <summary>Puts disposables under this scope, taking them from the one they were in.</summary>
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        ObjectDisposedException.ThrowIf(_manager is null, this);
        var attached = new List<IDisposable>();
        foreach (var disposable in disposables)
        {
            if (AddToOther(this, disposable))
                _manager.StatisticsInstance.TensorStatistics.AttachedToScopeCount++;
            attached.Add(disposable);
        }

        return attached;
    }

    /// <summary>Moves disposables to another scope; without one they are detached.</summary>
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        ObjectDisposedException.ThrowIf(_manager is null, this);
        if (scope is null)
        {
            Detach(disposables);
            return;
        }

        foreach (var disposable in disposables)
        {
            if (Disposables.Remove(disposable))
                AddToOther(scope, disposable);
        }
    }

    /// <summary>Disposes everything in the scope but what is named.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        ObjectDisposedException.ThrowIf(_manager is null, this);
        var old = Disposables;
        Disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in old)
        {
            if (!Disposables.Contains(disposable))
                disposable.Dispose();
        }
    }

    /// <summary>Forgets a disposable that its owner has disposed already.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        ObjectDisposedException.ThrowIf(_manager is null, this);
        Disposables.Remove(disposable);
        if (disposable is torch.Tensor tensor)
            tensor.OwningDisposeScope = null;
    }

    /// <summary>Disposes everything in the scope and takes the scope out of its thread's chain.</summary>
    public void Dispose()
    {
        if (_manager is null)
            return;
        DisposeEverything();
        _manager.RemoveDisposeScope(this);
        _manager = null;
    }

    /// <summary>Lets a replacement take the place of an original in the original's scope.</summary>
    internal static void ReplaceWith(torch.Tensor original, torch.Tensor replacement)
    {
        if (original.OwningDisposeScope is not { } scope || !scope.Disposables.Remove(original))
            return;
        original.OwningDisposeScope = null;
        AddToOther(scope, replacement);
    }

    private static bool AddToOther(DisposeScope scope, IDisposable disposable)
    {
        if (disposable is not torch.Tensor tensor)
            throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        if (ReferenceEquals(scope, tensor.OwningDisposeScope))
            return false;
        scope.Disposables.Add(tensor);
        tensor.OwningDisposeScope?.Disposables.Remove(tensor);
        tensor.OwningDisposeScope = scope;
        return true;
    }
}
