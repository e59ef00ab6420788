using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal static readonly Op _zerosLike = new("zeros_like");
        internal static readonly Op _onesLike = new("ones_like");
        internal static readonly Op _emptyLike = new("empty_like");
        internal static readonly Op _randLike = new("rand_like");
        internal static readonly Op _randnLike = new("randn_like");
        internal static readonly Op _fullLike = new("full_like");
        internal static readonly Op _newZeros = new("new_zeros");
        internal static readonly Op _newEmpty = new("new_empty");
        internal static readonly Op _newFull = new("new_full");
        internal static readonly Op _normalInplace = new("normal_");
        internal static readonly Op _uniformInplace = new("uniform_");
        internal static readonly Op _randomInplaceFrom = new("random_", "from");
        internal static readonly Op _bernoulli = new("bernoulli");
        internal static readonly Op _bernoulliInplaceFloat = new("bernoulli_", "float");
        internal static readonly Op _multinomial = new("multinomial");

        /// <summary>Zeros in this tensor's shape.</summary>
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _zerosLike.One(this, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>Ones in this tensor's shape.</summary>
        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _onesLike.One(this, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>Unset elements in this tensor's shape.</summary>
        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _emptyLike.One(this, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>Uniform random numbers in this tensor's shape.</summary>
        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _randLike.One(this, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>Normal random numbers in this tensor's shape.</summary>
        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _randnLike.One(this, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>One value in this tensor's shape.</summary>
        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _fullLike.One(this, value, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>A new tensor of this one's type and device.</summary>
        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _newZeros.One(this, size, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>A new tensor of this one's type and device.</summary>
        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _newEmpty.One(this, size, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>A new tensor of this one's type and device.</summary>
        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _newFull.One(this, size, value, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>Fills with normal random numbers, in place.</summary>
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            _normalInplace.Do(this, mean, std, generator);
            return this;
        }

        /// <summary>Fills with uniform random numbers, in place.</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            _uniformInplace.Do(this, from, to, generator);
            return this;
        }

        /// <summary>Fills with whole random numbers from one bound up to another, in place.</summary>
        public Tensor random_(double from, double to, Generator? generator = null)
        {
            _randomInplaceFrom.Do(this, (long)from, (long)to, generator);
            return this;
        }

        /// <summary>Draws 0 or 1 with these probabilities.</summary>
        public Tensor bernoulli(Generator? generator = null) => _bernoulli.One(this, generator);

        /// <summary>Fills with 0 or 1, in place.</summary>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            _bernoulliInplaceFloat.Do(this, p, generator);
            return this;
        }

        /// <summary>Draws indices with these weights.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            _multinomial.One(this, num_samples, replacement, generator);
    }
}
