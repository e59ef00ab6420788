using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Networks.</summary>
    public static partial class nn
    {
        /// <summary>A part of a network: parameters, buffers and smaller modules under names.</summary>
        public partial class Module : IDisposable
        {
            private const BindingFlags Instance = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

            /// <summary>The modules directly below this one.</summary>
            protected OrderedDict<string, Module> _internal_submodules = new();

            /// <summary>This module's own buffers and whether they are saved.</summary>
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();

            /// <summary>This module's own parameters.</summary>
            protected OrderedDict<string, Parameter> _internal_params = new();

            /// <summary>The name given to the constructor.</summary>
            protected string? name;

            private bool _areComponentsRegistered;
            private bool _training = true;

            /// <summary>Gives the module a name.</summary>
            protected Module(string name) => this.name = name;

            /// <summary>Whether the module behaves as in training.</summary>
            public virtual bool training => _training;

            /// <summary>The name given to the constructor.</summary>
            public virtual string GetName() => name!;

            /// <summary>Switches the module and all below it to training, or to evaluation.</summary>
            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var (_, module) in named_children())
                    module.train(train);
            }

            /// <summary>Switches the module and all below it to evaluation.</summary>
            public virtual void eval() => train(false);

            /// <summary>Runs an action on every module below and then on this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var module in children())
                    module.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Forgets the gradients of all parameters, or sets them to zero.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var (_, parameter) in named_parameters())
                {
                    using var grad = parameter.grad;
                    if (grad is null)
                        continue;
                    if (set_to_none)
                        parameter.grad = null;
                    else
                        grad.zero_();
                }
            }

            /// <inheritdoc/>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes the parameters and buffers of this module and of all below it.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var (buffer, _) in _internal_buffers.Values)
                    buffer.Dispose();
                foreach (var parameter in _internal_params.Values)
                    parameter.Dispose();
                foreach (var module in _internal_submodules.Values)
                    module.Dispose();
            }

            /// <summary>Registers every field that holds a module, a parameter or a tensor; ends each constructor.</summary>
            protected virtual void RegisterComponents()
            {
                if (_areComponentsRegistered)
                    return;
                foreach (var field in Fields(GetType()))
                {
                    var component = ComponentNameAttribute.Of(field);
                    if (!IsRegistered(component))
                        Register(component, field.GetValue(this));
                }

                _areComponentsRegistered = true;
            }

            private protected static IEnumerable<FieldInfo> Fields(Type type)
            {
                var seen = new HashSet<string>();
                for (var current = type; current is not null && current != typeof(Module); current = current.BaseType)
                {
                    foreach (var field in current.GetFields(Instance))
                    {
                        if (seen.Add(field.Name))
                            yield return field;
                    }
                }
            }

            private bool IsRegistered(string component) =>
                _internal_submodules.ContainsKey(component) || _internal_params.ContainsKey(component) ||
                _internal_buffers.ContainsKey(component);

            private void Register(string component, object? value)
            {
                switch (value)
                {
                    case Module module:
                        register_module(component, module);
                        break;
                    case Parameter parameter:
                        register_parameter(component, parameter);
                        break;
                    case Tensor tensor:
                        register_buffer(component, tensor);
                        break;
                }
            }
        }
    }
}
