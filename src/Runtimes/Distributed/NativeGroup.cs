using static TorchSharp.torch;

namespace Unreel.Distributed;

/// <summary>A process group of c10d over one backend.</summary>
internal sealed unsafe class NativeGroup : IDisposable
{
    private readonly BoardClient _board;
    private readonly StoreCallbacks _store;

    /// <summary>Connects all processes; every one of them must do so.</summary>
    /// <param name="board">How they find each other.</param>
    /// <param name="backend"><c>gloo</c> or <c>nccl</c>.</param>
    /// <param name="rank">This process.</param>
    /// <param name="address">Where this process listens for the others.</param>
    public NativeGroup(BoardClient board, string backend, int rank, string address)
    {
        _board = board;
        _store = new StoreCallbacks(board, backend + "/");
        NativeMethods.StoreFunctions functions = _store.Functions;
        Check(NativeMethods.unreel_c10d_group_new(backend, &functions, rank, board.Names.Count, address, out IntPtr group));
        Handle = group;
        board.Lost.ContinueWith(lost => NativeMethods.unreel_c10d_group_abandon(group, lost.Result), TaskScheduler.Default);
    }

    public IntPtr Handle { get; }

    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
        IntPtr[] handles = [.. tensors.Select(tensor => tensor.Handle)];
        fixed (IntPtr* first = handles)
            Check(NativeMethods.unreel_c10d_broadcast(Handle, first, handles.Length, 0));
        GC.KeepAlive(tensors);
    }

    public void AllReduce(Tensor tensor)
    {
        Check(NativeMethods.unreel_c10d_all_reduce(Handle, tensor.Handle));
        GC.KeepAlive(tensor);
    }

    /// <summary>Closes the connections in order. After a process was lost they are left to the end of this one, since closing would wait for it.</summary>
    public void Dispose()
    {
        if (_board.Lost.IsCompleted)
            return;

        NativeMethods.unreel_c10d_group_free(Handle);
        _store.Dispose();
    }

    /// <summary>Throws what a native call left behind, unless it succeeded: mostly a broken connection, whose cause the board knows.</summary>
    public void Check(int status)
    {
        if (status != 0)
            throw _board.WhyLost($"the exchange between the processes failed: {NativeMethods.LastError()}");
    }
}
