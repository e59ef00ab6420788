using System.Globalization;
using System.Runtime.InteropServices;

namespace Unreel.Onnx;

/// <summary>
/// A clip beside a model and what the model said of it when it was made, in the layout of ONNX's own test data: whoever loads the model elsewhere can tell
/// whether it still says the same.
/// </summary>
/// <param name="Clip">uint8 RGB, [1, frames, row, column, 3].</param>
/// <param name="Logits">The answer before softmax, one number a class.</param>
/// <param name="Probabilities">The answer after softmax.</param>
/// <param name="Tolerance">By how much a logit may differ.</param>
public sealed record GoldenClip(ReadOnlyMemory<byte> Clip, float[] Logits, float[] Probabilities, double Tolerance)
{
    /// <summary>The folder beside a model's file.</summary>
    public const string Folder = "test_data_set_0";

    /// <summary>Titles of its files in an artifact.</summary>
    public static IReadOnlyList<string> Files { get; } = [$"{Folder}/input_0.pb", $"{Folder}/output_0.pb", $"{Folder}/output_1.pb"];

    // What a model differs by from one machine to another where nobody measured it, as a share of its largest logit.
    private const double UsualShare = 0.02;

    /// <summary>Runs a model's file on a clip and writes both beside it.</summary>
    /// <param name="model">The model's file, a classifier.</param>
    /// <param name="clip">uint8 RGB, as the model takes one.</param>
    /// <param name="options">How it is run. Default on the processor.</param>
    /// <returns>Full names of the files, in the order of <see cref="Files"/>.</returns>
    /// <exception cref="OnnxModelException">The model does not run, or its answer is no number.</exception>
    public static IReadOnlyList<string> Write(string model, ReadOnlyMemory<byte> clip, OnnxModelOptions? options = null)
    {
        using OnnxModel opened = OnnxModel.Open(model, options);
        Predictions answer = opened.Classify(clip, 1);
        if (!Array.TrueForAll(answer.Logits, float.IsFinite) || !Array.TrueForAll(answer.Probabilities, float.IsFinite))
            throw new OnnxModelException(model, "answers the clip that it is to be tested with by numbers that are not finite");

        string[] files = PathsOf(model);
        Directory.CreateDirectory(Path.GetDirectoryName(files[0])!);
        TensorFile.Write(files[0], NamedTensor.Video(opened.Contract.Input, clip, 1));
        TensorFile.Write(files[1], Row(ClassifierGraph.Logits, answer.Logits));
        TensorFile.Write(files[2], Row(ClassifierGraph.Probabilities, answer.Probabilities));
        return files;
    }

    /// <summary>Reads what lies beside a model; null where there is nothing.</summary>
    /// <param name="model">The model's file.</param>
    /// <exception cref="OnnxModelException">A file is missing or damaged, or not of the shape that the model takes or gives.</exception>
    /// <exception cref="ContractException">The model has no contract, or a malformed one.</exception>
    public static GoldenClip? Read(string model)
    {
        string[] files = PathsOf(model);
        if (!Directory.Exists(Path.GetDirectoryName(files[0])))
            return null;

        ModelContract contract = OnnxFile.ReadContract(model);
        InputGeometry input = contract.Input;
        NamedTensor clip = TensorOf(files[0], ElementType.UInt8, [1, input.Frames, input.Height, input.Width, EncoderShape.Channels], input.ClipBytes);
        float[] logits = Floats(files[1], contract.Labels.Count), probabilities = Floats(files[2], contract.Labels.Count);
        return new GoldenClip(clip.Bytes, logits, probabilities, ToleranceOf(contract, logits));
    }

    /// <summary>Says in what an answer to <see cref="Clip"/> differs from the one that was given; null where it does not.</summary>
    /// <remarks>
    /// A logit may differ by what was accepted between the model and its network, which is measured for its precision; where nobody measured, by 2 % of the
    /// largest. A probability moves by at most half of what its logits do. So the first class may be another only where the two were no further apart than
    /// twice what is accepted: each of them may have moved by it.
    /// </remarks>
    public string? Objection(Predictions found)
    {
        (double logits, double probabilities) = (Largest(Logits, found.Logits), Largest(Probabilities, found.Probabilities));

        // Written so that a difference that is no number is told too.
        if (!(logits <= Tolerance))
            return Text($"a logit differs by {logits:G3} (accepted {Tolerance:G3})");
        return probabilities <= Tolerance ? null : Text($"a probability differs by {probabilities:G3} (accepted {Tolerance:G3})");
    }

    private static double ToleranceOf(ModelContract contract, float[] logits)
    {
        double largest = Math.Max(1, logits.Max(logit => Math.Abs((double)logit)));
        return contract.Parity?.Tolerance ?? UsualShare * largest;
    }

    private static double Largest(float[] expected, float[] found) =>
        expected.Length != found.Length ? double.NaN : expected.Zip(found, (one, other) => Math.Abs((double)one - other)).Aggregate(0.0, (most, next) => double.IsNaN(next) || double.IsNaN(most) ? double.NaN : Math.Max(most, next));

    private static string[] PathsOf(string model) => [.. Files.Select(file => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, file))];

    private static NamedTensor Row(string name, float[] values) => new(name, ElementType.Float, [1, values.Length], RawData.Of<float>(values));

    private static float[] Floats(string file, int classes) =>
        MemoryMarshal.Cast<byte, float>(TensorOf(file, ElementType.Float, [1, classes], sizeof(float) * (long)classes).Bytes.Span).ToArray();

    private static NamedTensor TensorOf(string file, ElementType type, long[] shape, long bytes)
    {
        NamedTensor tensor = TensorFile.Read(file, bytes);
        return tensor.Type == type && tensor.Shape.SequenceEqual(shape)
            ? tensor
            : throw new OnnxModelException(file, $"holds {tensor.Type} of shape [{string.Join(", ", tensor.Shape)}]; expected {type} of shape [{string.Join(", ", shape)}]");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
