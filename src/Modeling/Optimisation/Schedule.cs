namespace Unreel.Modeling;

/// <summary>A learning rate as a function of the step alone, so that a resumed run needs no state for it.</summary>
public interface ISchedule
{
    /// <summary>The rate of step <paramref name="number"/>, counted from 0.</summary>
    double At(long number);
}

/// <summary>A linear warm-up, then half a cosine to the lowest rate at the last step (Loshchilov and Hutter, "SGDR", 2017).</summary>
public sealed record WarmupCosine : ISchedule
{
    /// <summary>The rate at the end of the warm-up.</summary>
    public required double Peak { get; init; }

    /// <summary>The rate at the first step, where there is a warm-up. Default 0.</summary>
    public double Start { get; init; }

    /// <summary>The rate that the cosine ends at. Default 0.</summary>
    public double Lowest { get; init; }

    /// <summary>Steps of the warm-up. Default 0.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>All steps.</summary>
    public required long Steps { get; init; }

    /// <inheritdoc/>
    public double At(long number)
    {
        if (number < WarmupSteps)
            return Start + ((Peak - Start) * number / Math.Max(1, WarmupSteps - 1));

        long length = Math.Max(1, Steps - WarmupSteps);
        double progress = Math.Min(1.0, (double)(number - WarmupSteps) / length);
        return Lowest + (0.5 * (Peak - Lowest) * (1 + Math.Cos(Math.PI * progress)));
    }
}
