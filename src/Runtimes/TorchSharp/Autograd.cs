using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

/// <summary>Grad mode of the calling thread until disposed.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly int _previous = unreel_grad_mode();

    internal AutoGradMode(bool enabled) => unreel_set_grad_mode(enabled ? 1 : 0);

    internal static bool IsEnabled => unreel_grad_mode() != 0;

    public void Dispose() => unreel_set_grad_mode(_previous);
}

/// <summary>Inference mode of the calling thread until disposed, on the same thread.</summary>
internal sealed class InferenceMode : IDisposable
{
    private IntPtr _guard;

    internal InferenceMode(bool mode) => Check(unreel_inference_enter(mode ? 1 : 0, out _guard));

    public void Dispose()
    {
        unreel_inference_leave(_guard);
        _guard = 0;
    }
}

public static partial class torch
{
    /// <summary>Stops recording gradients on this thread until disposed.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);

    /// <summary>Records gradients on this thread until disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    /// <summary>Says whether this thread records gradients, until disposed.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    /// <summary>Whether this thread records gradients.</summary>
    public static bool is_grad_enabled() => AutoGradMode.IsEnabled;

    /// <summary>Makes tensors without any autograd bookkeeping on this thread until disposed.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    /// <summary>Whether this thread is in inference mode.</summary>
    public static bool is_inference_mode_enabled() => unreel_inference_mode() != 0;

    /// <summary>Gradients without storing them in tensors.</summary>
    public static partial class autograd
    {
        /// <summary>Gradients of outputs with respect to inputs.</summary>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = new IntPtr[inputs.Count];
            fixed (IntPtr* roots = Handles(outputs), sources = Handles(inputs), weights = Handles(grad_outputs), made = results)
            {
                Check(unreel_gradients(
                    roots, weights, outputs.Count, sources, inputs.Count,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, made));
            }

            return [.. results.Select(handle => handle == 0 ? null! : new Tensor(handle))];
        }

        /// <summary>Adds the gradients of tensors to the leaves they came from.</summary>
        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (IntPtr* roots = Handles(tensors), weights = Handles(grad_tensors), leaves = Handles(inputs))
            {
                Check(unreel_backward(
                    roots, weights, tensors.Count, (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0,
                    leaves, inputs?.Count ?? 0));
            }
        }

        /// <summary>Adds the gradients of a tensor to the leaves it came from.</summary>
        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        private static IntPtr[]? Handles(IList<Tensor>? tensors) =>
            tensors is null ? null : [.. tensors.Select(tensor => tensor.Handle)];
    }
}
