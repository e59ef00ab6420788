using TorchSharp.PInvoke;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>A table of vectors looked up by index.</summary>
public sealed class Embedding : Module<Tensor, Tensor>
{
    private static readonly Op _embedding = new("embedding");

    private readonly long? _paddingIndex;

    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    internal Embedding(long num_embeddings, long embedding_dims, long? padding_idx, Device? device, ScalarType? dtype)
        : base(nameof(Embedding))
    {
        _paddingIndex = padding_idx;
        weight = Parameter(randn(num_embeddings, embedding_dims, dtype, device));
        if (padding_idx is null)
            return;
        using var frozen = no_grad();
        using var row = weight.select(0, padding_idx.Value);
        row.zero_();
    }

    /// <summary>The table, of shape [entries, width].</summary>
    public Parameter? weight
    {
        get => _weight;
        set => Own(nameof(weight), ref _weight, value);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _embedding.One(_weight, input, _paddingIndex ?? -1);
}
