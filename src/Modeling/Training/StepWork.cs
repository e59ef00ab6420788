namespace Unreel.Modeling;

/// <summary>Multiplications and additions of a training step's matrix products, both counted, as the mathematics needs them: what is computed twice to save memory counts once.</summary>
public static class StepWork
{
    // Backward there is one product for each factor's gradient.
    private const double Passes = 3;
    private const int DecoderMlpRatio = 4;

    /// <summary>Work of a pre-training step with one decoder.</summary>
    /// <param name="settings">What is trained; its mask is drawn, not sampled.</param>
    /// <param name="clips">Clips of a step.</param>
    public static double Pretraining(PretrainingSettings settings, int clips)
    {
        VideoTransformerShape shape = settings.Shape;
        var masking = new Masking(settings.Mask!, shape, 0, settings.DecoderMask);
        double visible = masking.VisibleTokens, predicted = masking.PredictedTokens;
        double encoder = Blocks(shape.Depth, visible, shape.Width, shape.MlpWidth);
        double decoder = Blocks(shape.DecoderDepth, visible + predicted, shape.DecoderWidth, DecoderMlpRatio * shape.DecoderWidth);
        double between = 2 * visible * shape.Width * shape.DecoderWidth, head = 2 * predicted * shape.DecoderWidth * shape.CubeValues;
        return clips * (Embedding(shape, visible) + (Passes * (encoder + decoder + between + head)));
    }

    /// <summary>Work of a fine-tuning step.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="labels">Labels.</param>
    /// <param name="clips">Clips of a step.</param>
    public static double Finetuning(VideoTransformerShape shape, int labels, int clips) =>
        clips * (Embedding(shape, shape.Tokens) + (Passes * (Blocks(shape.Depth, shape.Tokens, shape.Width, shape.MlpWidth) + (2.0 * shape.Width * labels))));

    // Pixels need no gradient.
    private static double Embedding(VideoTransformerShape shape, double tokens) => (Passes - 1) * 2 * tokens * shape.CubeValues * shape.Width;

    private static double Blocks(int depth, double tokens, double width, double mlpWidth) =>
        depth * tokens * 2 * ((4 * width * width) + (2 * width * mlpWidth) + (2 * tokens * width));
}
