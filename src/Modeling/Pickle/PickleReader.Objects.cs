using System.Text;

namespace Unreel.Modeling;

/// <content>Containers, and what Python would look up, construct or call.</content>
internal sealed partial class PickleReader
{
    private const int LongestName = 200;

    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(': return Mark();
            case (byte)')': return Push(new PickleTuple([]));
            case (byte)']': return Push(new PickleList());
            case (byte)'}': return Push(new PickleDictionary(isOrdered: false));
            case (byte)'t': return Push(new PickleTuple(PopToMark()));
            case 0x85 or 0x86 or 0x87: return Push(new PickleTuple(PopMany(opcode - 0x84)));
            case (byte)'a': return Append(PopMany(1));
            case (byte)'e': return Append(PopToMark());
            case (byte)'s': return SetItems(PopMany(2));
            case (byte)'u': return SetItems(PopToMark());
            case 0x8F: return Push(PickleInert.Instance);
            case 0x90: return AddToSet(PopToMark());
            default: return false;
        }
    }

    private bool Mark()
    {
        if (_marks.Count == DeepestNesting)
            throw Broken($"values nest deeper than {DeepestNesting} at byte {_at}.");
        _marks.Add(_stack.Count);
        return true;
    }

    private object?[] PopMany(int count)
    {
        object?[] items = new object?[count];
        for (int index = count - 1; index >= 0; index--)
            items[index] = Pop();
        return items;
    }

    private bool Append(object?[] items)
    {
        PickleList list = Top() as PickleList ?? throw Broken($"items are added at byte {_at} to what is no list.");
        list.Items.AddRange(items);
        return true;
    }

    // Sets are of no interest; that there is one is all that is checked.
    private bool AddToSet(object?[] items) => Top() is PickleInert
        ? true
        : throw Broken($"{items.Length} items are added at byte {_at} to what is no set.");

    private bool SetItems(object?[] items)
    {
        PickleDictionary dictionary = Top() as PickleDictionary ?? throw Broken($"items are set at byte {_at} in what is no dictionary.");
        if (items.Length % 2 != 0)
            throw Broken($"a key without a value at byte {_at}.");

        for (int index = 0; index < items.Length; index += 2)
        {
            object key = items[index] is string or long ? items[index]! : throw Broken($"a key at byte {_at} is neither text nor a whole number.");
            dictionary.Items[key] = items[index + 1];
        }

        return true;
    }

    private bool Object(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'c': return Push(Global(Line(), Line()));
            case 0x93: return StackGlobal();
            case (byte)'R': return Push(Reduce(Require<PickleTuple>("arguments"), Require<PickleGlobal>("a function")));
            case 0x81: return Push(NewObject(Require<PickleTuple>("arguments"), Require<PickleGlobal>("a class")));
            case (byte)'b': return Build(Pop());
            case (byte)'Q': return Push(PersistentStorage(Pop()));
            case (byte)'i': throw Refused($"{Line()}.{Line()}", "constructed (INST)");
            case (byte)'o': throw Broken($"an object is constructed (OBJ) at byte {_at}; torch.save writes none like it.");
            case (byte)'P': throw Broken($"a persistent id in text, '{Line()}'; torch.save writes none like it.");
            default: return false;
        }
    }

    private string Line()
    {
        int end = Array.IndexOf(_bytes, (byte)'\n', _at, Math.Min(LongestName, _bytes.Length - _at));
        if (end < 0)
            throw Broken($"a name at byte {_at} does not end within {LongestName} bytes.");

        string line = Encoding.UTF8.GetString(Take(end - _at));
        Take(1);
        return line;
    }

    private bool StackGlobal()
    {
        object?[] names = PopMany(2);
        return names is [string module, string name]
            ? Push(Global(module, name))
            : throw Broken($"a name at byte {_at} is not made of two texts.");
    }

    private PickleGlobal Global(string module, string name) =>
        PickleGlobals.Find(module, name) ?? throw Refused($"{module}.{name}", "mentioned");

    private T Require<T>(string what)
        where T : class => Pop() as T ?? throw Broken($"{what} were expected at byte {_at}.");

    private object Reduce(PickleTuple arguments, PickleGlobal function) => function.Meaning switch
    {
        PickleMeaning.OrderedDictionary when arguments.Items.Length == 0 => new PickleDictionary(isOrdered: true),
        PickleMeaning.Tensor => Tensor(arguments.Items),
        PickleMeaning.Parameter when arguments.Items is [PickleTensor tensor, bool, PickleDictionary] => tensor,
        PickleMeaning.Inert => PickleInert.Instance,
        _ => throw Refused(function.Name, $"called with {arguments.Items.Length} arguments"),
    };

    private PickleInert NewObject(PickleTuple arguments, PickleGlobal type) =>
        type.Meaning == PickleMeaning.Inert && arguments.Items.Length == 0
            ? PickleInert.Instance
            : throw Refused(type.Name, $"constructed with {arguments.Items.Length} arguments");

    // A state dict carries its modules' versions as an attribute, a namespace all that it holds; neither is of interest.
    private bool Build(object? state) => state is PickleDictionary && Top() is PickleInert or PickleDictionary { IsOrdered: true }
        ? true
        : throw Broken($"a state is set at byte {_at} on what has none.");

    private PickleStorage PersistentStorage(object? id) =>
        id is PickleTuple { Items: ["storage", PickleGlobal { Meaning: PickleMeaning.Storage } type, string key, string, long count] } && count >= 0
            ? new PickleStorage(type.Type, key, count)
            : throw Broken($"the persistent id at byte {_at} is not that of a storage: ('storage', type, key, place, count).");

    private CheckpointException Refused(string name, string how) => new(
        _file,
        $"the pickle is refused: '{name}' is {how} at byte {_at}. Only tensors and plain values are read, and nothing is ever run. "
            + "If you trust the file, load it with PyTorch and save its weights alone: torch.save({'model': state_dict}, …).");
}
