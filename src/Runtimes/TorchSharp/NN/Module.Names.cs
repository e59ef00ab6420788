using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Registers a tensor that moves with the module but is not learned.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (!_internal_buffers.TryAdd(name, (tensor, persistent)))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            /// <summary>Registers a tensor that is learned.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (!_internal_params.TryAdd(name, param))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            /// <summary>Registers a module below this one.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers a module below this one; null takes the name away.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    _internal_submodules.Remove(name);
                    return;
                }

                if (name.Contains('.', StringComparison.Ordinal))
                    throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (string.IsNullOrEmpty(name))
                    throw new ArgumentException("module name can't be empty string \"\"");
                if (_internal_submodules.ContainsKey(name))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            /// <summary>Parameters under their full names, each once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<IntPtr> { 0 };
                foreach (var (name, parameter) in _internal_params)
                {
                    if (seen.Add(parameter.handle))
                        yield return (name, parameter);
                }

                if (!recurse)
                    yield break;
                foreach (var (prefix, module) in _internal_submodules)
                {
                    foreach (var (name, parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter.handle))
                            yield return ($"{prefix}.{name}", parameter);
                    }
                }
            }

            /// <summary>Persistent buffers under their full names, each once.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<IntPtr> { 0 };
                foreach (var (name, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && seen.Add(buffer.handle))
                        yield return (name, buffer);
                }

                if (!recurse)
                    yield break;
                foreach (var (prefix, module) in _internal_submodules)
                {
                    foreach (var (name, buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.handle))
                            yield return ($"{prefix}.{name}", buffer);
                    }
                }
            }

            /// <summary>All parameters, each once.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(pair => pair.parameter);

            /// <summary>All persistent buffers, each once.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(pair => pair.buffer);

            /// <summary>The modules directly below this one under their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            /// <summary>All modules below this one under their full names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _internal_submodules)
                    yield return child;
                foreach (var (prefix, child) in _internal_submodules)
                {
                    foreach (var (name, module) in child.named_modules())
                        yield return ($"{prefix}.{name}", module);
                }
            }

            /// <summary>All modules below this one.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(pair => pair.module);

            /// <summary>The modules directly below this one.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(pair => pair.module);

            /// <summary>Whether there is a parameter of this full name.</summary>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>Whether there is a buffer of this full name.</summary>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter of a full name, or null.</summary>
            public virtual Parameter? get_parameter(string target)
            {
                if (_internal_params.TryGetValue(target, out var parameter))
                    return parameter;
                return Below(target) is var (child, rest) ? child.get_parameter(rest) : null;
            }

            /// <summary>The buffer of a full name, or null.</summary>
            public virtual Tensor? get_buffer(string target)
            {
                if (_internal_buffers.TryGetValue(target, out var buffer))
                    return buffer.Item1;
                return Below(target) is var (child, rest) ? child.get_buffer(rest) : null;
            }

            private (Module Child, string Remainder)? Below(string target)
            {
                var dot = target.IndexOf('.', StringComparison.Ordinal);
                if (dot < 0 || !_internal_submodules.TryGetValue(target[..dot], out var child))
                    return null;
                return (child, target[(dot + 1)..]);
            }
        }
    }
}
