using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>The image that every block doubles and adds its colours to.</summary>
internal sealed class SkipImage
{
    private readonly Vector128<float>[] _front = new Vector128<float>[TexturePainter.Side * TexturePainter.Side];
    private readonly Vector128<float>[] _back = new Vector128<float>[TexturePainter.Side * TexturePainter.Side / 2];
    private int _side;

    /// <summary>Its pixels, [row, column], with colours in the first three elements.</summary>
    public Span<Vector128<float>> Pixels => _front.AsSpan(0, _side * _side);

    /// <summary>Starts with zeros.</summary>
    public void Start(int side)
    {
        _side = side;
        Pixels.Clear();
    }

    /// <summary>Doubles the side: zeros between the pixels, then the filter [1, 3, 3, 1] / 4 in both directions, zeros around.</summary>
    public void Double()
    {
        int side = _side;
        for (int row = 0; row < side; row++)
            DoubleRow(_front.AsSpan(row * side, side), _back.AsSpan(2 * row * side, 2 * side));
        _side = 2 * side;
        for (int row = 0; row < side; row++)
        {
            ReadOnlySpan<Vector128<float>> here = Wide(row);
            Mix(here, row > 0 ? Wide(row - 1) : default, _front.AsSpan(2 * row * _side, _side));
            Mix(here, row + 1 < side ? Wide(row + 1) : default, _front.AsSpan(((2 * row) + 1) * _side, _side));
        }
    }

    private ReadOnlySpan<Vector128<float>> Wide(int row) => _back.AsSpan(row * _side, _side);

    private static void DoubleRow(ReadOnlySpan<Vector128<float>> from, Span<Vector128<float>> to)
    {
        for (int x = 0; x < from.Length; x++)
        {
            Vector128<float> before = x > 0 ? from[x - 1] : default;
            Vector128<float> after = x + 1 < from.Length ? from[x + 1] : default;
            to[2 * x] = ((from[x] * 3) + before) * .25f;
            to[(2 * x) + 1] = ((from[x] * 3) + after) * .25f;
        }
    }

    private static void Mix(ReadOnlySpan<Vector128<float>> near, ReadOnlySpan<Vector128<float>> far, Span<Vector128<float>> to)
    {
        for (int x = 0; x < to.Length; x++)
            to[x] = ((near[x] * 3) + (far.IsEmpty ? default : far[x])) * .25f;
    }
}
