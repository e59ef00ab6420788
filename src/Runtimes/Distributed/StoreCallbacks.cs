using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Unreel.Modeling;

namespace Unreel.Distributed;

/// <summary>Lets c10d's process groups find each other over the board. No exception crosses into native code: it sees a status.</summary>
internal sealed unsafe class StoreCallbacks : IDisposable
{
    private const int Failed = 1;

    private readonly string _prefix;
    private readonly BoardClient _board;
    private GCHandle _handle;

    /// <param name="board">The board.</param>
    /// <param name="prefix">Keeps the keys of one process group from those of others.</param>
    public StoreCallbacks(BoardClient board, string prefix)
    {
        (_board, _prefix) = (board, prefix);
        _handle = GCHandle.Alloc(this);
    }

    public NativeMethods.StoreFunctions Functions => new()
    {
        Context = GCHandle.ToIntPtr(_handle),
        Set = &Set,
        Get = &Get,
        Add = &Add,
        Has = &Has,
    };

    /// <summary>What a call failed with, other than the loss of a process; null where none did.</summary>
    public Exception? Error { get; private set; }

    public void Dispose() => _handle.Free();

    [UnmanagedCallersOnly]
    private static int Set(IntPtr context, byte* key, byte* value, long bytes) =>
        Guarded(context, key, (board, name) => board.Set(name, new ReadOnlySpan<byte>(value, checked((int)bytes)).ToArray()));

    [UnmanagedCallersOnly]
    private static int Get(IntPtr context, byte* key, long milliseconds, byte* value, long capacity, long* bytes) => Guarded(context, key, (board, name) =>
    {
        byte[] found = board.Get(name, TimeSpan.FromMilliseconds(milliseconds));
        *bytes = found.Length;
        if (found.Length <= capacity)
            found.CopyTo(new Span<byte>(value, found.Length));
    });

    [UnmanagedCallersOnly]
    private static int Add(IntPtr context, byte* key, long amount, long* sum) => Guarded(context, key, (board, name) => *sum = board.Add(name, amount));

    [UnmanagedCallersOnly]
    private static int Has(IntPtr context, byte* key, int* found) => Guarded(context, key, (board, name) => *found = board.Has(name) ? 1 : 0);

    private static int Guarded(IntPtr context, byte* key, Action<BoardClient, string> work)
    {
        StoreCallbacks callbacks = Unsafe.As<StoreCallbacks>(GCHandle.FromIntPtr(context).Target!);
        try
        {
            work(callbacks._board, callbacks._prefix + Marshal.PtrToStringUTF8((IntPtr)key));
            return 0;
        }
        catch (LostProcessException)
        {
            // The board's client keeps the reason; whoever called into native code asks it.
            return Failed;
        }
#pragma warning disable CA1031 // An exception that reached native code would end the process; whoever called into it tells this one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            callbacks.Error = e;
            return Failed;
        }
    }
}
