namespace Unreel.Modeling;

/// <summary>What a name that a pickle may mention stands for.</summary>
internal enum PickleMeaning
{
    /// <summary>Makes an empty ordered dictionary.</summary>
    OrderedDictionary,

    /// <summary>Makes a tensor from a storage.</summary>
    Tensor,

    /// <summary>A tensor that a module owns; taken as the tensor.</summary>
    Parameter,

    /// <summary>Names the element type of a storage.</summary>
    Storage,

    /// <summary>Makes a value of no interest from plain values; nothing is made.</summary>
    Inert,
}

/// <summary>A name that a pickle may mention.</summary>
internal sealed record PickleGlobal(string Name, PickleMeaning Meaning, TensorType Type = default);

/// <summary>
/// The only names that a pickle may mention. None of them is looked up anywhere or run: each stands for a case of
/// <see cref="PickleReader"/>, and every other name is refused when it is met, used or not.
/// </summary>
internal static class PickleGlobals
{
    private static readonly Dictionary<string, PickleGlobal> All = new PickleGlobal[]
    {
        new("collections.OrderedDict", PickleMeaning.OrderedDictionary),
        new("torch._utils._rebuild_tensor_v2", PickleMeaning.Tensor),
        new("torch._utils._rebuild_parameter", PickleMeaning.Parameter),
        new("torch.FloatStorage", PickleMeaning.Storage, TensorType.F32),
        new("torch.DoubleStorage", PickleMeaning.Storage, TensorType.F64),
        new("torch.HalfStorage", PickleMeaning.Storage, TensorType.F16),
        new("torch.BFloat16Storage", PickleMeaning.Storage, TensorType.BF16),
        new("torch.LongStorage", PickleMeaning.Storage, TensorType.I64),
        new("torch.IntStorage", PickleMeaning.Storage, TensorType.I32),
        new("torch.ShortStorage", PickleMeaning.Storage, TensorType.I16),
        new("torch.CharStorage", PickleMeaning.Storage, TensorType.I8),
        new("torch.ByteStorage", PickleMeaning.Storage, TensorType.U8),
        new("torch.BoolStorage", PickleMeaning.Storage, TensorType.Bool),

        // What published checkpoints carry beside their weights: arguments, sets of names, sizes, byte strings.
        new("argparse.Namespace", PickleMeaning.Inert),
        new("__builtin__.set", PickleMeaning.Inert),
        new("builtins.set", PickleMeaning.Inert),
        new("torch.Size", PickleMeaning.Inert),
        new("torch.device", PickleMeaning.Inert),
        new("_codecs.encode", PickleMeaning.Inert),
    }.ToDictionary(global => global.Name, StringComparer.Ordinal);

    /// <summary>Finds a name, or null where it is not allowed.</summary>
    public static PickleGlobal? Find(string module, string name) => All.GetValueOrDefault($"{module}.{name}");
}
