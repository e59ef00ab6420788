using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Notes what modules of a network give while it runs, by hooks that go away with it.</summary>
internal sealed class ModuleTrace : IDisposable
{
    /// <summary>What is added to the name of an attention to name its keys, [clip, token, width], heads side by side.</summary>
    public const string Keys = ".keys";

    private readonly Dictionary<string, float[]> _outputs = new(StringComparer.Ordinal);
    private readonly List<Action> _removers = [];

    /// <summary>Begins to listen.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isWanted">Chooses modules by name; only those of one input and one output are asked.</param>
    public ModuleTrace(nn.Module network, Predicate<string> isWanted)
    {
        foreach ((string name, nn.Module module) in network.named_modules())
        {
            if (module is nn.Module<Tensor, Tensor> one && isWanted(name))
                Listen(name, one);
            if (module is Attention attention && isWanted(name + Keys))
                ListenToKeys(name + Keys, attention);
        }
    }

    /// <summary>What was heard, by module's name; of a module that ran several times, the last.</summary>
    public IReadOnlyDictionary<string, float[]> Outputs => _outputs;

    /// <inheritdoc/>
    public void Dispose() => _removers.ForEach(static remove => remove());

    private void Listen(string name, nn.Module<Tensor, Tensor> module)
    {
        var remover = module.register_forward_hook((_, _, output) =>
        {
            _outputs[name] = Parameters.Get(output);
            return output;
        });
        _removers.Add(remover.remove);
    }

    private void ListenToKeys(string name, Attention attention)
    {
        var remover = attention.register_forward_pre_hook((_, input) =>
        {
            _outputs[name] = Parameters.Get(attention.Keys(input));
            return input;
        });
        _removers.Add(remover.remove);
    }
}
