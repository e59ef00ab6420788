using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Unreel.Video;

/// <summary>
/// A stream of random numbers that is a function of seed, purpose and index alone. Two streams that differ in any of the
/// three are independent; the same three give the same numbers on every machine, in every order of execution.
/// </summary>
/// <remarks>A mutable value: pass it by reference, never copy it while drawing. A stream holds 2^34 words.</remarks>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "A stream of numbers is what the field calls it.")]
public struct RandomStream
{
    private readonly ulong _seed;
    private readonly uint _purpose;
    private readonly ulong _index;
    private uint _block;
    private int _taken;
    private (uint X0, uint X1, uint X2, uint X3) _words;

    /// <summary>Starts the stream for <paramref name="seed"/>, <paramref name="purpose"/> and <paramref name="index"/>.</summary>
    /// <param name="seed">The seed a person chose.</param>
    /// <param name="purpose">What is drawn, e.g. <c>render</c> or <c>mask</c>; hashed to 32 bits (FNV-1a).</param>
    /// <param name="index">Which one: a video, a step, a sample.</param>
    public RandomStream(ulong seed, string purpose, ulong index)
    {
        _seed = seed;
        _purpose = Hash(purpose);
        _index = index;
        _block = 0;
        _taken = 4;
        _words = default;
    }

    /// <summary>The next 32 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint NextUInt32()
    {
        if (_taken == 4)
        {
            _words = Philox.Draw(_block++, _purpose, (uint)_index, (uint)(_index >> 32), (uint)_seed, (uint)(_seed >> 32));
            _taken = 0;
        }

        return _taken++ switch
        {
            0 => _words.X0,
            1 => _words.X1,
            2 => _words.X2,
            _ => _words.X3,
        };
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong high = NextUInt32();
        return (high << 32) | NextUInt32();
    }

    /// <summary>Uniform over [0, 1) in steps of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1ul << 53));

    /// <summary>Uniform over [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform over 0 to <paramref name="bound"/> - 1, without bias (Lemire 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is below 1.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ulong product = (ulong)NextUInt32() * (uint)bound;
        if ((uint)product < (uint)bound)
        {
            uint threshold = (uint)(-bound) % (uint)bound;
            while ((uint)product < threshold)
                product = (ulong)NextUInt32() * (uint)bound;
        }

        return (int)(product >> 32);
    }

    /// <summary>Uniform over <paramref name="low"/> to <paramref name="high"/> - 1.</summary>
    public int NextInt(int low, int high) => low + NextInt(high - low);

    /// <summary>Standard normal (Box and Muller's first value); its last bits follow the platform's logarithm and cosine.</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return radius * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>Puts <paramref name="items"/> into a uniformly random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static uint Hash(string purpose)
    {
        uint hash = 2166136261;
        foreach (char letter in purpose)
            hash = (hash ^ letter) * 16777619;

        return hash;
    }
}
