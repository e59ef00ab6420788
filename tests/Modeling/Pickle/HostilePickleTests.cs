using System.IO.Compression;
using Unreel.Testing;
using static Unreel.Modeling.Tests.TorchFile;

namespace Unreel.Modeling.Tests;

/// <summary>A checkpoint is data: what would make Python run something is refused by name, and nothing is run.</summary>
public sealed class HostilePickleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, byte[]> Attacks { get; } = new()
    {
        { "GLOBAL and REDUCE", "'posix.system'", Pickle("cposix\nsystem\n(", Text("touch {0}"), "tR.") },
        { "hidden in the arguments", "'os.system'", Pickle("}(", Text("args"), "cargparse\nNamespace\n)", new byte[] { 0x81 }, "}", Text("x"), "cos\nsystem\n(", Text("touch {0}"), "tRsbu.") },
        { "a name that is never used", "'builtins.eval'", Pickle("cbuiltins\neval\n0}.") },
        { "STACK_GLOBAL", "'os.system'", Pickle(Text("os"), Text("system"), new byte[] { 0x93 }, "(", Text("touch {0}"), "tR.") },
        { "STACK_GLOBAL with short texts", "'subprocess.Popen'", [0x80, 4, 0x8C, 10, .. "subprocess"u8, 0x94, 0x8C, 5, .. "Popen"u8, 0x94, 0x93, (byte)'.'] },
        { "INST", "'os.system'", Pickle("(", Text("touch {0}"), "ios\nsystem\n.") },
        { "OBJ", "'os.system'", Pickle("(cos\nsystem\n", Text("touch {0}"), "o.") },
        { "OBJ of an allowed name", "OBJ", Pickle("(cargparse\nNamespace\no.") },
        { "BUILD on a class", "state is set", Pickle("cargparse\nNamespace\n}b.") },
        { "BUILD that would call setattr", "state is set", Pickle("]}", Text("__reduce__"), "Nsb.") },
        { "NEWOBJ of a function", "'torch._utils._rebuild_tensor_v2'", Pickle("ctorch._utils\n_rebuild_tensor_v2\n)", new byte[] { 0x81 }, ".") },
        { "REDUCE of a storage", "'torch.FloatStorage'", Pickle("ctorch\nFloatStorage\n)R.") },
        { "an ordered dictionary from a list", "'collections.OrderedDict'", Pickle("ccollections\nOrderedDict\n(]tR.") },
        { "a parameter from nothing", "'torch._utils._rebuild_parameter'", Pickle("ctorch._utils\n_rebuild_parameter\n(NNNtR.") },
        { "a name with dots", "'torch.serialization.os.system'", Pickle("ctorch.serialization\nos.system\n.") },
        { "another rebuild", "'torch._utils._rebuild_device_tensor_from_numpy'", Pickle("ctorch._utils\n_rebuild_device_tensor_from_numpy\n.") },
        { "torch.load in torch.load", "'torch.load'", Pickle("ctorch\nload\n(", Text("{0}"), "tR.") },
        { "a getattr", "'builtins.getattr'", Pickle("cbuiltins\ngetattr\n.") },
        { "NumPy", "'numpy.core.multiarray._reconstruct'", Pickle("cnumpy.core.multiarray\n_reconstruct\n.") },
        { "an extension", "0x82", Pickle(new byte[] { 0x82, 1 }, ".") },
        { "a persistent id in text", "persistent id", Pickle("Pos.system\n.") },
        { "a persistent id that is no storage", "persistent id", Pickle("(", Text("module"), Text("os"), Text("system"), "tQ.") },
        { "a persistent id with an inert type", "persistent id", Pickle("(", Text("storage"), "cargparse\nNamespace\n", Text("0"), Text("cpu"), Number(2), "tQ.") },
        { "a storage of less than nothing", "persistent id", Pickle("(", Text("storage"), "ctorch\nFloatStorage\n", Text("0"), Text("cpu"), Number(-2), "tQ.") },
        { "protocol 0", "protocol 0", [0x80, 0, (byte)'}', (byte)'.'] },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Attacks_are_refused_by_name(string attack, string named, byte[] pickle)
    {
        string witness = _folder.File("witness");
        Write(_folder.File("hostile.pth"), WithText(pickle, witness));

        var error = Assert.Throws<CheckpointException>(() => TorchCheckpoint.Open(_folder.File("hostile.pth")));

        Assert.True(error.Message.Contains(named, StringComparison.Ordinal), $"{attack}: {error.Message}");
        Assert.StartsWith(_folder.File("hostile.pth"), error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(witness));
    }

    public static TheoryData<string, byte[]> Damage { get; } = new()
    {
        { "missing at byte", Pickle(".") },
        { "missing at byte", Pickle("}(.") },
        { "mark is missing", Pickle("t.") },
        { "left when it ends", Pickle("}}.") },
        { "follow its end", Pickle("}.}") },
        { "middle of a value", Pickle("}") },
        { "middle of a value", Pickle("X", new byte[] { 1 }) },
        { "text of", Pickle("X", new byte[] { 255, 255, 255, 255 }, "a.") },
        { "not UTF-8", Pickle("X", new byte[] { 1, 0, 0, 0, 255 }, ".") },
        { "integer of 255 bytes", Pickle(new byte[] { 0x8A, 255 }, ".") },
        { "never remembered", Pickle("h", new byte[] { 7 }, ".") },
        { "nest deeper", Pickle(new string('(', 5000), ".") },
        { "no list", Pickle("}Na.") },
        { "no dictionary", Pickle("]NNs.") },
        { "without a value", Pickle("}(Nu.") },
        { "neither text nor", Pickle("}NNs.") },
        { "neither text nor", Pickle("}})s.") },
        { "more than 2000000 values", Pickle(new string(']', 2_000_001), ".") },
        { "does not end", Pickle("c", new string('a', 300), "\n.") },
        { "holds no weights", Pickle("}.") },
        { "expected a dictionary", Pickle("].") },
        { "'w' among the weights is no tensor", Pickle("}", Text("model"), "}", Text("w"), "Nss.") },
    };

    [Theory]
    [MemberData(nameof(Damage))]
    public void Damage_is_described(string described, byte[] pickle)
    {
        Write(_folder.File("damaged.pth"), pickle);

        Assert.Contains(described, Assert.Throws<CheckpointException>(() => TorchCheckpoint.Open(_folder.File("damaged.pth"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 0, new long[] { 3 }, new long[] { 1 }, "outside its storage")]
    [InlineData(2, 1, new long[] { 2 }, new long[] { 1 }, "outside its storage")]
    [InlineData(2, 0, new long[] { 2 }, new long[] { 2 }, "outside its storage")]
    [InlineData(2, 0, new long[] { 1L << 40 }, new long[] { 0 }, "outside its storage")]
    [InlineData(2, 0, new long[] { 1L << 40, 1L << 40 }, new long[] { 0, 0 }, "outside its storage")]
    [InlineData(2, 0, new long[] { 2, 2 }, new long[] { 1L << 62, 1L << 62 }, "outside its storage")]
    [InlineData(2, 0, new long[] { 2 }, new long[] { -1 }, "whole numbers from 0")]
    [InlineData(2, 0, new long[] { -2 }, new long[] { 1 }, "whole numbers from 0")]
    [InlineData(2, -1, new long[] { 1 }, new long[] { 1 }, "begins at -1")]
    [InlineData(2, 0, new long[] { 2 }, new long[] { 1, 1 }, "1 sizes, 2 strides")]
    [InlineData(3, 0, new long[] { 2 }, new long[] { 1 }, "has 8 bytes")]
    [InlineData(long.MaxValue, 0, new long[] { long.MaxValue }, new long[] { 1 }, "has 8 bytes")]
    public void Tensors_lie_within_their_storage(long stored, long offset, long[] shape, long[] strides, string described)
    {
        Write(_folder.File("shape.pth"), Tensor(stored, offset, shape, strides));

        Assert.Contains(described, Assert.Throws<CheckpointException>(() => TorchCheckpoint.Open(_folder.File("shape.pth"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_refer_to_each_other_are_never_copied()
    {
        // Each list holds the one before it ten times: written out, the last has 10^30 items.
        List<byte> lists = [.. Text("a0"), (byte)']', (byte)'q', 0];
        for (byte level = 1; level <= 30; level++)
            lists.AddRange([.. Text($"a{level}"), (byte)']', (byte)'(', .. Enumerable.Repeat<byte[]>([(byte)'h', (byte)(level - 1)], 10).SelectMany(bytes => bytes), (byte)'e', (byte)'q', level]);
        Write(_folder.File("bomb.pth"), Pickle("}(", lists.ToArray(), "u", Tensor(2, 0, [2], [1])[3..]));

        using TorchCheckpoint file = TorchCheckpoint.Open(_folder.File("bomb.pth"));

        Assert.Equal([1, 2], file.ReadFloats("w"));
    }

    [Fact]
    public void A_list_may_hold_itself()
    {
        Write(_folder.File("loop.pth"), Pickle("}(", Text("loop"), "]q\u0000h\u0000au", Tensor(2, 0, [2], [1])[3..]));

        using TorchCheckpoint file = TorchCheckpoint.Open(_folder.File("loop.pth"));

        Assert.Equal([1, 2], file.ReadFloats("w"));
    }

    [ProgramFact("/usr/bin/python3", "-c", "import torch")]
    public void What_python_itself_would_run_is_refused()
    {
        File.WriteAllText(_folder.File("attack.py"), """
            import os, sys, torch
            class Attack:
                def __reduce__(self): return os.system, ('touch ' + sys.argv[1] + '/witness',)
            torch.save({'model': {'w': torch.zeros(2), 'x': Attack()}}, sys.argv[1] + '/attack.pth')
            """);
        (int code, string output) = Judges.Run("/usr/bin/python3", _folder.File("attack.py"), _folder.Path);
        Assert.True(code == 0, output);

        Assert.Contains("'posix.system'", Refused("attack.pth"), StringComparison.Ordinal);

        Assert.False(File.Exists(_folder.File("witness")));
        Judges.Run("/usr/bin/python3", "-c", $"import torch; torch.load('{_folder.File("attack.pth")}')");
        Assert.True(File.Exists(_folder.File("witness")), "The attack would not have worked in Python either; the test shows nothing.");
    }

    [Theory]
    [InlineData("torch\nFloatStorage", new float[] { 1, 2 })]
    [InlineData("torch\nDoubleStorage", null)]
    [InlineData("torch\nLongStorage", null)]
    public void Numbers_are_read_by_their_type(string storage, float[]? expected)
    {
        long count = expected?.Length ?? 1;
        Write(_folder.File("typed.pth"), Tensor(count, 0, [count], [1], storage));
        using TorchCheckpoint file = TorchCheckpoint.Open(_folder.File("typed.pth"));

        if (storage.Contains("Long", StringComparison.Ordinal))
            Assert.Contains("I64", Assert.Throws<CheckpointException>(() => file.ReadFloats("w")).Message, StringComparison.Ordinal);
        else
            Assert.Equal(expected ?? [(float)BitConverter.ToDouble([0, 0, 128, 63, 0, 0, 0, 64])], file.ReadFloats("w"));
    }

    [Fact]
    public void Other_byte_orders_and_programs_are_refused()
    {
        Write(_folder.File("big.pth"), Tensor(2, 0, [2], [1]), more: "byteorder");
        Write(_folder.File("script.pth"), Tensor(2, 0, [2], [1]), more: "constants.pkl");
        Write(_folder.File("packed.pth"), Tensor(2, 0, [2], [1]), level: CompressionLevel.SmallestSize);

        Assert.Contains("'big'", Refused("big.pth"), StringComparison.Ordinal);
        Assert.Contains("TorchScript", Refused("script.pth"), StringComparison.Ordinal);
        Assert.Contains("compressed", Refused("packed.pth"), StringComparison.Ordinal);
    }

    private string Refused(string name) => Assert.Throws<CheckpointException>(() => TorchCheckpoint.Open(_folder.File(name))).Message;

    // The length of the text changes with the path, so it is written anew.
    private static byte[] WithText(byte[] pickle, string witness)
    {
        byte[] placeholder = Text("touch {0}");
        int at = pickle.AsSpan().IndexOf(placeholder);
        return at < 0 ? pickle : [.. pickle[..at], .. Text($"touch {witness}"), .. pickle[(at + placeholder.Length)..]];
    }
}
