using static TorchSharp.torch;

namespace Unreel.Distributed;

/// <summary>A process group of c10d over one backend.</summary>
internal sealed unsafe class NativeGroup : IDisposable
{
    private readonly BoardClient _board;
    private readonly StoreCallbacks _store;
    private readonly NativeWaits _waits;
    private readonly Lock _gate = new();
    private bool _isFreed;

    /// <summary>Connects all processes; every one of them must do so.</summary>
    /// <param name="board">How they find each other.</param>
    /// <param name="backend"><c>gloo</c> or <c>nccl</c>.</param>
    /// <param name="rank">This process.</param>
    /// <param name="address">Where this process listens for the others.</param>
    /// <param name="waits">Told whenever this process waits for the others in native code.</param>
    public NativeGroup(BoardClient board, string backend, int rank, string address, NativeWaits waits)
    {
        (_board, _waits) = (board, waits);
        _store = new StoreCallbacks(board, backend + "/");
        NativeMethods.StoreFunctions functions = _store.Functions;
        using (waits.Begin())
        {
            Check(NativeMethods.unreel_c10d_group_new(backend, &functions, rank, board.Names.Count, address, out IntPtr group));
            Handle = group;
        }

        Abandoned = board.Lost.ContinueWith(lost => Abandon(lost.Result), TaskScheduler.Default);
    }

    public IntPtr Handle { get; }

    /// <summary>Completes when whoever waits in this group has been told that a process was lost.</summary>
    public Task Abandoned { get; }

    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
        IntPtr[] handles = [.. tensors.Select(tensor => tensor.Handle)];
        fixed (IntPtr* first = handles)
        {
            using (_waits.Begin())
                Check(NativeMethods.unreel_c10d_broadcast(Handle, first, handles.Length, 0));
        }

        GC.KeepAlive(tensors);
    }

    public void AllReduce(Tensor tensor)
    {
        using (_waits.Begin())
            Check(NativeMethods.unreel_c10d_all_reduce(Handle, tensor.Handle));
        GC.KeepAlive(tensor);
    }

    /// <summary>Waits until a reducer of this group has exchanged all gradients.</summary>
    public void Finish(IntPtr reducer)
    {
        using (_waits.Begin())
            Check(NativeMethods.unreel_c10d_reducer_finish(reducer));
    }

    /// <summary>Closes the connections in order. After a process was lost they are left to the end of this one, since closing would wait for it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isFreed || _board.Lost.IsCompleted)
                return;

            _isFreed = true;
            NativeMethods.unreel_c10d_group_free(Handle);
            _store.Dispose();
        }
    }

    /// <summary>Throws what a native call left behind, unless it succeeded: mostly a broken connection, whose cause the board knows.</summary>
    public void Check(int status)
    {
        if (status != 0)
            throw _board.WhyLost($"the exchange between the processes failed: {_store.Error?.Message ?? NativeMethods.LastError()}");
    }

    // The loss may be told while the group is being closed.
    private void Abandon(string reason)
    {
        lock (_gate)
        {
            if (!_isFreed)
                NativeMethods.unreel_c10d_group_abandon(Handle, reason);
        }
    }
}
