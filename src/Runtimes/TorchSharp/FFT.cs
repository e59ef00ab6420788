using TorchSharp.PInvoke;

namespace TorchSharp;

/// <summary>How a Fourier transform is scaled.</summary>
public enum FFTNormType
{
    /// <summary>The inverse transform is divided by the number of elements.</summary>
    Backward = 0,

    /// <summary>The forward transform is divided by the number of elements.</summary>
    Forward = 1,

    /// <summary>Both are divided by the square root of the number of elements.</summary>
    Ortho = 2,
}

public static partial class torch
{
    /// <summary>Fourier transforms.</summary>
    public static partial class fft
    {
        private static readonly Op _fft = new("fft_fft");
        private static readonly Op _ifft = new("fft_ifft");
        private static readonly Op _rfft = new("fft_rfft");
        private static readonly Op _irfft = new("fft_irfft");
        private static readonly Op _fft2 = new("fft_fft2");
        private static readonly Op _ifft2 = new("fft_ifft2");
        private static readonly Op _rfft2 = new("fft_rfft2");
        private static readonly Op _irfft2 = new("fft_irfft2");
        private static readonly Op _fftn = new("fft_fftn");
        private static readonly Op _ifftn = new("fft_ifftn");
        private static readonly Op _rfftn = new("fft_rfftn");
        private static readonly Op _irfftn = new("fft_irfftn");
        private static readonly Op _fftshift = new("fft_fftshift");
        private static readonly Op _ifftshift = new("fft_ifftshift");
        private static readonly Op _fftfreq = new("fft_fftfreq");
        private static readonly Op _rfftfreq = new("fft_rfftfreq");

        /// <summary>The transform along one dimension.</summary>
        public static Tensor fft_(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            _fft.One(input, n == -1 ? null : (long?)n, dim, Name(norm));

        /// <summary>The inverse transform along one dimension.</summary>
        public static Tensor ifft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            _ifft.One(input, n == -1 ? null : (long?)n, dim, Name(norm));

        /// <summary>The transform of real numbers along one dimension.</summary>
        public static Tensor rfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            _rfft.One(input, n == -1 ? null : (long?)n, dim, Name(norm));

        /// <summary>The inverse transform to real numbers along one dimension.</summary>
        public static Tensor irfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            _irfft.One(input, n == -1 ? null : (long?)n, dim, Name(norm));

        /// <summary>The transform over two dimensions, by default the last.</summary>
        public static Tensor fft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _fft2.One(input, s, dim ?? [-2, -1], Name(norm));

        /// <summary>The inverse transform over two dimensions, by default the last.</summary>
        public static Tensor ifft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _ifft2.One(input, s, dim ?? [-2, -1], Name(norm));

        /// <summary>The transform of real numbers over two dimensions, by default the last.</summary>
        public static Tensor rfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _rfft2.One(input, s, dim ?? [-2, -1], Name(norm));

        /// <summary>The inverse transform to real numbers over two dimensions, by default the last.</summary>
        public static Tensor irfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _irfft2.One(input, s, dim ?? [-2, -1], Name(norm));

        /// <summary>The transform over several dimensions, by default all.</summary>
        public static Tensor fftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _fftn.One(input, s, dim, Name(norm));

        /// <summary>The inverse transform over several dimensions, by default all.</summary>
        public static Tensor ifftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _ifftn.One(input, s, dim, Name(norm));

        /// <summary>The transform of real numbers over several dimensions, by default all.</summary>
        public static Tensor rfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _rfftn.One(input, s, dim, Name(norm));

        /// <summary>The inverse transform to real numbers over several dimensions, by default all.</summary>
        public static Tensor irfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            _irfftn.One(input, s, dim, Name(norm));

        /// <summary>The zero frequency moved to the middle.</summary>
        public static Tensor fftshift(Tensor input, long[]? dim = null) => _fftshift.One(input, dim);

        /// <summary>The zero frequency moved back to the start.</summary>
        public static Tensor ifftshift(Tensor input, long[]? dim = null) => _ifftshift.One(input, dim);

        /// <summary>The frequencies of a transform's elements.</summary>
        public static Tensor fftfreq(long n, double d = 1.0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _fftfreq.One(n, d, dtype, Arg.None, device).requires_grad_(requires_grad);

        /// <summary>The frequencies of a real transform's elements.</summary>
        public static Tensor rfftfreq(long n, double d = 1.0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            _rfftfreq.One(n, d, dtype, Arg.None, device).requires_grad_(requires_grad);

        private static string Name(FFTNormType norm) => norm switch
        {
            FFTNormType.Forward => "forward",
            FFTNormType.Ortho => "ortho",
            _ => "backward",
        };
    }
}
