using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Whether gradients flow to this tensor.</summary>
        public bool requires_grad
        {
            get => unreel_tensor_requires_grad(Handle) != 0;
            set => Check(unreel_tensor_set_requires_grad(Handle, value ? 1 : 0));
        }

        /// <summary>Whether no operation made this tensor.</summary>
        public bool is_leaf => unreel_tensor_is_leaf(Handle) != 0;

        /// <summary>The accumulated gradient, or null.</summary>
        public Tensor? grad
        {
            get
            {
                Check(unreel_tensor_grad(Handle, out var result));
                return result == 0 ? null : new Tensor(result);
            }
            set => Check(unreel_tensor_set_grad(Handle, value?.Handle ?? 0));
        }

        /// <summary>Says whether gradients flow to this tensor.</summary>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Says whether gradients flow to this tensor.</summary>
        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of this tensor although it is no leaf.</summary>
        public void retain_grad() => Check(unreel_tensor_retain_grad(Handle));

        /// <summary>Adds the gradients of this tensor to the leaves it came from.</summary>
        public void backward() => autograd.backward(this);

        /// <summary>Adds the gradients of this tensor to the leaves it came from.</summary>
        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);
    }
}
