using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// The code that a tokenizer gives the place of a token in its cube's first frame, predicted as one of many classes: cross entropy
/// (Bao et al., "BEiT", 2022; Wang et al., "BEVT", 2022).
/// </summary>
/// <param name="tokenizer">Gives the codes.</param>
internal sealed class Codes(IClipTokenizer tokenizer) : ITarget
{
    /// <summary>The name in options.</summary>
    public const string OptionName = "codes";

    public string Name => OptionName;

    public int Values(VideoTransformerShape shape) => tokenizer.Codes;

    public Tensor Loss(Tensor predictedBMC, TargetBatch batch) => CrossEntropy(predictedBMC, batch, nn.Reduction.Mean);

    public Tensor Errors(Tensor predictedBMC, TargetBatch batch) => CrossEntropy(predictedBMC, batch, nn.Reduction.None).view(batch.MaskedBM.shape);

    private static Tensor CrossEntropy(Tensor predictedBMC, TargetBatch batch, nn.Reduction reduction)
    {
        Tensor codesBM = batch.CodesBN!.gather(1, batch.MaskedBM);
        return nn.functional.cross_entropy(predictedBMC.reshape(-1, predictedBMC.shape[2]), codesBM.reshape(-1), reduction: reduction);
    }
}
