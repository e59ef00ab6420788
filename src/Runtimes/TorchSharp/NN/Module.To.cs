using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Moves and converts parameters and buffers.</summary>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                RequireFloating(dtype);
                InitializeDeviceType(device.type);
                _toEpilog(dtype, device, non_blocking);
                return this;
            }

            /// <summary>Moves parameters and buffers.</summary>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                InitializeDeviceType(deviceType);
                _toEpilog(null, new Device(deviceType, deviceType == DeviceType.CUDA ? deviceIndex : -1), non_blocking);
                return this;
            }

            /// <summary>Converts parameters and buffers of real numbers.</summary>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                RequireFloating(dtype);
                _toEpilog(dtype, null, non_blocking);
                return this;
            }

            /// <summary>Replaces what has to change, here and in all modules below.</summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (var (_, child) in named_children())
                    Pass(child, dtype, device, non_blocking);
                foreach (var (name, parameter) in _internal_params.ToList())
                    Replace(name, parameter, dtype, device);
                foreach (var (name, (buffer, persistent)) in _internal_buffers.ToList())
                    Replace(name, buffer, persistent, dtype, device);
            }

            private static void Pass(Module child, ScalarType? dtype, Device? device, bool non_blocking)
            {
                if (device is null)
                    child._to(dtype!.Value, non_blocking);
                else if (dtype is null)
                    child._to(device.type, device.index, non_blocking);
                else
                    child._to(device, dtype.Value, non_blocking);
            }

            private static void RequireFloating(ScalarType dtype)
            {
                if (!is_floating_point(dtype) && !is_complex(dtype))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
            }

            private static ScalarType TypeFor(Tensor tensor, ScalarType? dtype) =>
                dtype is not null && (tensor.is_floating_point() || tensor.is_complex()) ? dtype.Value : tensor.dtype;

            private static bool Stays(Tensor tensor, ScalarType dtype, Device? device) =>
                tensor.dtype == dtype &&
                (device is null || (tensor.device_type == device.type && (device.index == -1 || tensor.device_index == device.index)));

            private void Replace(string name, Parameter parameter, ScalarType? dtype, Device? device)
            {
                var type = TypeFor(parameter, dtype);
                if (Stays(parameter, type, device))
                    return;
                using var frozen = no_grad();
                var replacement = new Parameter(parameter.to(type, device ?? parameter.device), parameter.requires_grad);
                replacement.DetachFromDisposeScope();
                using (var grad = parameter.grad)
                {
                    if (grad is not null)
                        replacement.grad = grad.to(type, device ?? parameter.device);
                }

                if (Assign(name, replacement))
                    return;
                parameter.Dispose();
                _internal_params[name] = replacement;
                SetField(name, replacement);
            }

            private void Replace(string name, Tensor buffer, bool persistent, ScalarType? dtype, Device? device)
            {
                var type = TypeFor(buffer, dtype);
                if (Stays(buffer, type, device))
                    return;
                var replacement = buffer.to(type, device ?? buffer.device, disposeAfter: true).DetachFromDisposeScope();
                if (Assign(name, replacement))
                    return;
                _internal_buffers[name] = (replacement, persistent);
                SetField(name, replacement);
            }

            /// <summary>A property of the component's name replaces, registers and disposes by itself.</summary>
            private bool Assign(string name, Tensor replacement)
            {
                var property = GetType().GetProperty(name);
                if (property is null || !property.CanWrite)
                    return false;
                property.SetValue(this, replacement);
                return true;
            }

            private void SetField(string name, Tensor replacement) =>
                Fields(GetType()).FirstOrDefault(field => ComponentNameAttribute.Of(field) == name)?.SetValue(this, replacement);
        }
    }
}
