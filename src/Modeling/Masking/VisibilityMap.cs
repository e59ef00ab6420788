using System.Numerics;
using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>How visible every point of a frame is, on a grid finer than that of the tokens.</summary>
internal sealed class VisibilityMap
{
    private readonly int _places;
    private readonly int _fine;
    private readonly int _side;
    private readonly float[] _values;

    private VisibilityMap(int places, int fine)
    {
        (_places, _fine, _side) = (places, fine, places * fine);
        _values = new float[_side * _side];
    }

    /// <summary>The greatest of Gaussians about the middles of places, whose standard deviation is a place's side.</summary>
    /// <param name="chosen">The places, by number.</param>
    /// <param name="places">Places along a side.</param>
    /// <param name="fine">Cells of the map along a side of a place.</param>
    public static VisibilityMap OfPlaces(ReadOnlySpan<int> chosen, int places, int fine)
    {
        var map = new VisibilityMap(places, fine);
        float[] falloff = [.. Enumerable.Range(0, 2 * map._side).Select(step => Falloff((step + 0.5 - map._side) / fine))];
        foreach (int place in chosen)
        {
            (int row, int column) = Math.DivRem(place, places);
            ReadOnlySpan<float> across = Around(column), down = Around(row);
            for (int y = 0; y < map._side; y++)
            {
                Span<float> line = map._values.AsSpan(y * map._side, map._side);
                for (int x = 0; x < line.Length; x++)
                    line[x] = Math.Max(line[x], down[y] * across[x]);
            }
        }

        return map;

        // The falloff about the middle of a place, for every cell of a row of the map.
        ReadOnlySpan<float> Around(int number) => falloff.AsSpan(map._side - (fine / 2) - (number * fine), map._side);
    }

    /// <summary>The map of a frame: at every point that of the neighbour this came from, where its content was.</summary>
    /// <param name="flow">Where content is in the neighbour.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="first">What fills points whose content was outside the picture.</param>
    public VisibilityMap Warped(MotionField flow, int frame, VisibilityMap first)
    {
        var map = new VisibilityMap(_places, _fine);
        float cell = (float)flow.Size / _side;
        for (int place = 0; place < _values.Length; place++)
        {
            Vector2 point = new Vector2((place % _side) + 0.5f, (place / _side) + 0.5f) * cell;
            Vector2 source = point + flow.At(frame, point);
            bool inside = source.X >= 0 && source.Y >= 0 && source.X <= flow.Size && source.Y <= flow.Size;
            map._values[place] = inside ? At(source / cell) : first._values[place];
        }

        return map;
    }

    /// <summary>Adds the sum over each place to it.</summary>
    public void AddTo(Span<float> sums)
    {
        for (int cell = 0; cell < _values.Length; cell++)
            sums[(cell / _side / _fine * _places) + (cell % _side / _fine)] += _values[cell];
    }

    /// <summary>The value at a point, in cells of the map from its left and top edges.</summary>
    public float At(Vector2 place)
    {
        place = Vector2.Clamp(place - new Vector2(0.5f), Vector2.Zero, new Vector2(_side - 1));
        (int column, int row) = ((int)place.X, (int)place.Y);
        int right = Math.Min(column + 1, _side - 1), below = Math.Min(row + 1, _side - 1);
        float upper = float.Lerp(_values[(row * _side) + column], _values[(row * _side) + right], place.X - column);
        float lower = float.Lerp(_values[(below * _side) + column], _values[(below * _side) + right], place.X - column);
        return float.Lerp(upper, lower, place.Y - row);
    }

    private static float Falloff(double deviations) => (float)Math.Exp(-deviations * deviations / 2);
}
