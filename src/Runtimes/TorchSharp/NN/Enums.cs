namespace TorchSharp;

/// <summary>What is put around an input.</summary>
public enum PaddingModes
{
    /// <summary>Zeros.</summary>
    Zeros = 0,

    /// <summary>The input mirrored, without its border.</summary>
    Reflect = 1,

    /// <summary>The border's elements.</summary>
    Replicate = 2,

    /// <summary>The other end of the input.</summary>
    Circular = 3,

    /// <summary>One value.</summary>
    Constant = 4,
}

public static partial class torch
{
    /// <summary>How elements between others are found.</summary>
    public enum InterpolationMode
    {
        /// <summary>The nearest, counted from the corner.</summary>
        Nearest = 0,

        /// <summary>Between two neighbours.</summary>
        Linear = 1,

        /// <summary>Between four neighbours.</summary>
        Bilinear = 2,

        /// <summary>A cubic through sixteen neighbours.</summary>
        Bicubic = 3,

        /// <summary>Between eight neighbours.</summary>
        Trilinear = 4,

        /// <summary>The mean of what falls together.</summary>
        Area = 5,

        /// <summary>The nearest, counted from the centre.</summary>
        NearestExact = 6,
    }

    public static partial class nn
    {
        /// <summary>How the losses of elements become one.</summary>
        public enum Reduction : long
        {
            /// <summary>They stay apart.</summary>
            None = 0,

            /// <summary>Their mean.</summary>
            Mean = 1,

            /// <summary>Their sum.</summary>
            Sum = 2,
        }
    }
}
