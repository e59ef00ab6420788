using System.ComponentModel.DataAnnotations;

namespace Unreel.Modeling;

/// <summary>What pre-training needs beside the loop's plan.</summary>
public sealed record PretrainingSettings
{
    /// <summary>The network's sizes.</summary>
    public required VideoTransformerShape Shape { get; init; }

    /// <summary>Which tokens are hidden; null where <see cref="Adaptive"/> decides.</summary>
    public IMaskStrategy? Mask { get; init; }

    /// <summary>Lets the model decide which tokens are hidden, in place of <see cref="Mask"/>. Default null.</summary>
    public AdaptiveMask? Adaptive { get; init; }

    /// <summary>Which of the hidden tokens are predicted in training; null (default) for all of them.</summary>
    public IDecoderMask? DecoderMask { get; init; }

    /// <summary>What is predicted, each with a decoder of its own. Default <c>normalised_pixels</c> alone.</summary>
    public IReadOnlyList<TargetSettings> Targets { get; init; } = [new TargetSettings { Name = "normalised_pixels" }];

    /// <summary>Blocks of a regressor that finds latents of the masked tokens before the decoders see them (MAM2). Default 0: none.</summary>
    public int RegressorDepth { get; init; }

    /// <summary>Gives codes, where they are a target. Default null.</summary>
    public IClipTokenizer? Tokenizer { get; init; }

    /// <summary>How pixels are normalised. Default ImageNet's.</summary>
    public PixelNormalisation Normalisation { get; init; } = PixelNormalisation.ImageNet;

    /// <summary>The type that matrix products compute in. Default floats.</summary>
    public Precision Precision { get; init; }

    /// <summary>Holds the settings against each other.</summary>
    /// <exception cref="ModelException">Something is missing, given twice or out of its range.</exception>
    internal void Check()
    {
        Shape.Checked("shape");
        if ((Mask is null) == (Adaptive is null))
            throw new ModelException("Pre-training needs a masking strategy or an adaptive mask, and not both.");
        if (Adaptive is { } adaptive)
            CheckAdaptive(adaptive);
        if (RegressorDepth < 0)
            throw new ModelException($"The regressor must have 0 blocks or more, found {RegressorDepth}.");
        CheckTargets();
    }

    /// <summary>The targets in order.</summary>
    /// <exception cref="ModelException">There is none of a name.</exception>
    internal IReadOnlyList<ITarget> MakeTargets() => [.. Targets.Select(target => TargetNames.Get(target.Name, Tokenizer))];

    private void CheckAdaptive(AdaptiveMask adaptive)
    {
        Validate(adaptive, "The adaptive mask");
        if (adaptive.CountVisible(Shape) == 0)
            throw new ModelException($"The '{AdaptiveMask.Name}' mask leaves 0 of {Shape.Tokens} tokens visible; it must leave at least one. Choose another mask ratio.");
    }

    private void CheckTargets()
    {
        if (Targets.Count == 0)
            throw new ModelException($"Pre-training needs a target: one or several of {string.Join(", ", TargetNames.All)}.");
        if (Targets.GroupBy(target => target.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ModelException($"The target '{twice.Key}' is given {twice.Count()} times; give it once, with a weight.");
        foreach (TargetSettings target in Targets)
            Validate(target, $"Target '{target.Name}'");
    }

    private static void Validate(object settings, string name)
    {
        var failures = new List<ValidationResult>();
        if (!Validator.TryValidateObject(settings, new ValidationContext(settings), failures, validateAllProperties: true))
            throw new ModelException($"{name}: {string.Join(" ", failures.Select(failure => failure.ErrorMessage))}");
    }
}
