using Unreel.Modeling;
using Unreel.Onnx;
using ModelDescription = Unreel.Modeling.ModelDescription;

namespace Unreel.Export;

/// <summary>What a network's description means for its graph.</summary>
internal static class NetworkShapes
{
    private const string NormalisedPixels = "normalised_pixels";
    private const string Pixels = "pixels";
    private const string FurtherDecoder = "decoder_";
    private static readonly string[] FirstDecoder = ["decoder.", "mask_token", "encoder_to_decoder."];

    /// <summary>The sizes of an encoder.</summary>
    public static EncoderShape Encoder(ModelDescription model) => Fill(new EncoderShape(), model);

    /// <summary>The sizes of a classifier.</summary>
    public static ClassifierShape Classifier(ModelDescription model) => Fill(new ClassifierShape { Classes = model.Labels.Count }, model);

    /// <summary>Beginnings of the names of weights that a graph of the encoder has no place for.</summary>
    public static IReadOnlyList<string> BesideEncoder(ModelDescription model) =>
        model.Kind == ModelKind.Classifier ? ["head."] : [.. FirstDecoder, FurtherDecoder, "regressor.", "sampler."];

    /// <summary>The sizes of an autoencoder that can be drawn, and the beginnings of the names of weights that its graph has no place for.</summary>
    /// <exception cref="ModelException">It has a regressor, or no decoder of pixels; the message says what it has.</exception>
    public static (AutoencoderShape Shape, IReadOnlyList<string> Dropped) Autoencoder(string folder, ModelDescription model)
    {
        if (model.RegressorDepth > 0)
            throw new ModelException($"'{folder}': the graph 'reconstruction' needs a decoder that follows the encoder, found a regressor of {model.RegressorDepth} blocks between them.");

        (DecoderDescription decoder, int index) = Drawable(folder, model);
        string name = FurtherDecoder + decoder.Target;
        IEnumerable<string> others = model.Decoders.Skip(1).Where(other => other != decoder).Select(other => $"{FurtherDecoder}{other.Target}.");
        AutoencoderShape shape = Fill(
            new AutoencoderShape
            {
                DecoderWidth = decoder.Width,
                DecoderDepth = decoder.Depth,
                DecoderHeads = decoder.Heads,
                Target = decoder.Target == Pixels ? CubeTarget.Pixels : CubeTarget.NormalisedPixels,
                DecoderScope = index == 0 ? "" : name,
            },
            model);
        return (shape, ["sampler.", .. others, .. index == 0 ? [] : FirstDecoder]);
    }

    /// <summary>The decoder that can be drawn, and its number.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public static (DecoderDescription Decoder, int Index) Drawable(string folder, ModelDescription model)
    {
        VideoTransformerShape shape = model.Shape;
        if (model.Decoders.Count == 0)
            return (new DecoderDescription(NormalisedPixels, shape.CubeValues, shape.DecoderWidth, shape.DecoderDepth, shape.DecoderHeads), 0);

        foreach ((int index, DecoderDescription decoder) in model.Decoders.Index())
        {
            if (decoder.Target is NormalisedPixels or Pixels)
                return (decoder, index);
        }

        throw new ModelException($"'{folder}': the graph 'reconstruction' needs a decoder of target {NormalisedPixels} or {Pixels}, found {string.Join(", ", model.Decoders.Select(decoder => decoder.Target))}.");
    }

    private static T Fill<T>(T shape, ModelDescription model)
        where T : EncoderShape
    {
        EncoderShape filled = shape with
        {
            Frames = model.Shape.Frames,
            Size = model.Shape.ImageSize,
            Tubelet = model.Shape.TubeletSize,
            Patch = model.Shape.PatchSize,
            Width = model.Shape.Width,
            Depth = model.Shape.Depth,
            Heads = model.Shape.Heads,
            Hidden = model.Shape.MlpWidth,
            Mean = model.Normalisation.Mean,
            Std = model.Normalisation.Std,
            CentreOverTime = model.Normalisation.CentreOverTime,
        };
        try
        {
            filled.Validate();
        }
        catch (ArgumentException problem)
        {
            throw new ModelException($"{ModelDescription.FileName}: {problem.Message}", problem);
        }

        return (T)filled;
    }
}
