namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary>Towards zero.</summary>
        trunc,

        /// <summary>Down.</summary>
        floor,
    }

    public partial class Tensor
    {
        private static string? Mode(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();

        private static Tensor Typed(Tensor result, ScalarType? type) =>
            type is null || type == result.dtype ? result : result.to(type.Value, disposeAfter: true);

        private Tensor Moved(Tensor result, bool disposeAfter)
        {
            if (disposeAfter)
                Dispose();
            return result;
        }
    }
}
