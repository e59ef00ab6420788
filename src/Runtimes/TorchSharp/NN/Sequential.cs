using System.Globalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules run one after another.</summary>
public class Sequential : Module<Tensor, Tensor>
{
    private readonly List<IModule<Tensor, Tensor>> _modules = [];

    /// <summary>Runs modules under names of their own.</summary>
    protected internal Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules)
        : base(nameof(Sequential))
    {
        foreach (var (name, module) in modules)
            append(name, module);
    }

    /// <summary>Runs modules under their positions.</summary>
    protected internal Sequential(params Module<Tensor, Tensor>[] modules)
        : base(nameof(Sequential))
    {
        foreach (var module in modules)
            append(module);
    }

    /// <summary>How many modules.</summary>
    public int Count => _modules.Count;

    /// <summary>The module at a position.</summary>
    public IModule<Tensor, Tensor> this[int index] => _modules[index];

    /// <summary>Adds a module at the end, under a name.</summary>
    public Sequential append(string name, IModule<Tensor, Tensor> module)
    {
        register_module(name, (Module)module);
        _modules.Add(module);
        return this;
    }

    /// <summary>Adds a module at the end, under its position.</summary>
    public Sequential append(IModule<Tensor, Tensor> module) => append(_modules.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (_modules.Count == 0)
            return input.alias();
        var result = _modules[0].call(input);
        foreach (var module in _modules.Skip(1))
        {
            var next = module.call(result);
            result.Dispose();
            result = next;
        }

        return result;
    }

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }
}
