using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>All parameters and persistent buffers under their full names; not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (name, parameter) in named_parameters())
                    destination.TryAdd(Full(prefix, name), parameter);
                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false))
                    destination.TryAdd(Full(prefix, name), buffer);
                foreach (var (name, module) in _internal_submodules)
                    module.state_dict(destination, Full(prefix, name));
                return destination;
            }

            /// <summary>Copies tensors into the parameters and buffers of their names.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var destination = state_dict();
                bool IsSkipped(string key) => skip is not null && skip.Contains(key);
                List<string> unexpected = [.. source.Keys.Where(key => !IsSkipped(key) && !destination.ContainsKey(key))];
                List<string> missing = [.. destination.Keys.Where(key => !IsSkipped(key) && !source.ContainsKey(key))];
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");

                using var frozen = no_grad();
                foreach (var (key, value) in source)
                {
                    if (!IsSkipped(key) && destination.TryGetValue(key, out var target))
                        target.copy_(value);
                }

                return (missing, unexpected);
            }

            /// <summary>Sets, replaces or takes away a parameter.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null)
                    _internal_params.Remove(name);
                else
                    _internal_params[name] = value;
            }

            /// <summary>Sets, replaces or takes away a buffer.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null)
                    _internal_buffers.Remove(name);
                else
                    _internal_buffers[name] = (value, persistent);
            }

            private static string Full(string? prefix, string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";
        }
    }
}
