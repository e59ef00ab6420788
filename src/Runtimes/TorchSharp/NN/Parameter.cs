namespace TorchSharp.Modules;

/// <summary>A tensor that a module learns.</summary>
public class Parameter : torch.Tensor
{
    /// <summary>Takes over a tensor, which becomes empty.</summary>
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(data.with_requires_grad(requires_grad).MoveHandle(), false)
    {
        if (data.OwningDisposeScope is not null)
            DisposeScope.ReplaceWith(data, this);
    }
}
