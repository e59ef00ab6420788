namespace Unreel.Synthesize.Scenes;

/// <summary>A share of a set's videos, spread evenly over it and exact: of the first n videos it is n times the share, rounded down.</summary>
internal readonly record struct Portion(double Share)
{
    // Makes up for shares that have no exact double: 100 times 0.29 is a little less than 29.
    private const double Rounding = 1e-6;

    /// <summary>Whether a video belongs to it.</summary>
    public bool Has(int index) => CountBefore(index + 1) > CountBefore(index);

    /// <summary>How many of the videos before one belong to it.</summary>
    public int CountBefore(int index) => (int)Math.Floor((index * Share) + Rounding);
}
