using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Sets elements to zero at random in training.</summary>
        public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

        /// <summary>The Gaussian error linear unit, exact.</summary>
        public static GELU GELU() => new(false);

        /// <summary>The Gaussian error linear unit, exact.</summary>
        public static GELU GELU(bool inplace) => new(inplace);

        /// <summary>The Gaussian error linear unit.</summary>
        public static GELU GELU(Modules.GELU.Approximate approximate, bool inplace = false) => new(inplace, approximate);

        /// <summary>The positive part.</summary>
        public static ReLU ReLU(bool inplace = false) => new(inplace);

        /// <summary>The sigmoid linear unit.</summary>
        public static SiLU SiLU() => new();

        /// <summary>Exponentials that sum to one along a dimension.</summary>
        public static Softmax Softmax(long dim) => new(dim);

        /// <summary>Gives its input back.</summary>
        public static Identity Identity() => new();

        /// <summary>Joins dimensions into one.</summary>
        public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

        /// <summary>A table of vectors looked up by index.</summary>
        public static Embedding Embedding(
            long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0,
            bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
        {
            if (max_norm is not null || scale_grad_by_freq || sparse)
                throw new NotSupportedException("This subset's Embedding takes neither max_norm nor scale_grad_by_freq nor sparse.");
            return new Embedding(num_embeddings, embedding_dims, padding_idx, device, dtype);
        }

        /// <summary>Modules in a row.</summary>
        public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

        /// <summary>Modules of one type in a row.</summary>
        public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);

        /// <summary>No module yet: gives its input back.</summary>
        public static Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());

        /// <summary>Modules run one after another, under names.</summary>
        public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

        /// <summary>Modules run one after another, under their positions.</summary>
        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);

        /// <summary>Modules run one after another, under names.</summary>
        public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules.ToArray());

        /// <summary>Modules run one after another, under their positions.</summary>
        public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.ToArray());
    }
}
