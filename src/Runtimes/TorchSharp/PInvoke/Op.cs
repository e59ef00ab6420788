using System.Text;
using static TorchSharp.PInvoke.NativeMethods;
using static TorchSharp.torch;

namespace TorchSharp.PInvoke;

/// <summary>One operator, ATen's unless the name brings another library's; its schema is looked up at the first call and kept.</summary>
internal sealed unsafe class Op(string name, string overload = "")
{
    private const int StackWords = 64;
    private const int StackResults = 8;

    private IntPtr _handle;

    /// <summary>Whether this libtorch has the operator.</summary>
    internal bool Exists => _handle != 0 || TryFind(out _handle) == 0;

    /// <summary>An operator of the native library's own where it was built with it, else ATen's of the same arguments.</summary>
    internal static Op Own(string name, string overload = "")
    {
        var own = new Op($"unreel::{name}");
        return own.Exists ? own : new Op(name, overload);
    }

    /// <summary>Calls an operator that returns one tensor.</summary>
    internal Tensor One(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Call(args, &result, 1);
        return new Tensor(result.Pointer);
    }

    /// <summary>Calls an operator that returns two tensors.</summary>
    internal (Tensor First, Tensor Second) Two(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[2];
        Call(args, results, 2);
        return (new Tensor(results[0].Pointer), new Tensor(results[1].Pointer));
    }

    /// <summary>Calls an operator that returns a number or a truth value.</summary>
    internal long Number(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Call(args, &result, 1);
        return result.Bits;
    }

    /// <summary>Calls an operator that returns a Python number, of whatever type.</summary>
    internal Scalar Scalar(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Call(args, &result, 1);
        return new Scalar(result.Tag, result.Bits);
    }

    /// <summary>Calls an operator for its effect; what it returns is one of its arguments.</summary>
    internal void Do(params ReadOnlySpan<Arg> args) => Call(args, null, -1);

    /// <summary>Calls an operator that returns a list of tensors, or several.</summary>
    internal Tensor[] Many(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[StackResults];
        var produced = Call(args, results, StackResults);
        if (produced <= StackResults)
            return Wrap(results, produced);
        fixed (Value* all = new Value[produced])
        {
            Check(unreel_results_take(all, produced));
            return Wrap(all, produced);
        }
    }

    private static Tensor[] Wrap(Value* results, int count)
    {
        var tensors = new Tensor[count];
        for (var i = 0; i < count; i++)
            tensors[i] = new Tensor(results[i].Pointer);
        return tensors;
    }

    private int Call(ReadOnlySpan<Arg> args, Value* results, int capacity)
    {
        if (_handle == 0)
            _handle = Find();
        var words = 0;
        foreach (ref readonly var arg in args)
            words += arg.Words;
        Span<long> room = words <= StackWords ? stackalloc long[StackWords] : new long[words];
        fixed (long* lists = room)
            return Cross(args, lists, results, capacity);
    }

    private int Cross(ReadOnlySpan<Arg> args, long* lists, Value* results, int capacity)
    {
        var slots = stackalloc Value[args.Length];
        for (var i = 0; i < args.Length; i++)
            lists += args[i].Write(slots + i, lists);
        var produced = 0;
        var status = unreel_operator_call(_handle, slots, args.Length, results, capacity, &produced);
        foreach (ref readonly var arg in args)
            GC.KeepAlive(arg.Reference);
        Check(status);
        return produced;
    }

    private IntPtr Find()
    {
        Check(TryFind(out var handle));
        return handle;
    }

    private int TryFind(out IntPtr handle)
    {
        fixed (byte* full = Encoding.UTF8.GetBytes((name.Contains("::", StringComparison.Ordinal) ? name : $"aten::{name}") + "\0"))
        fixed (byte* variant = Encoding.UTF8.GetBytes($"{overload}\0"))
            return unreel_operator_find(full, variant, out handle);
    }
}
