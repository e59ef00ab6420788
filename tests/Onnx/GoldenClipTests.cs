using Unreel.Testing;

namespace Unreel.Onnx.Tests;

public sealed class GoldenClipTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly byte[] _clip;

    public GoldenClipTests()
    {
        _model = _folder.File("model.onnx");
        TinyClassifier.Document.Save(_model);
        _clip = ForeignTrial.Clip(TinyClassifier.Contract().Input);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_passes_on_its_own_clip()
    {
        GoldenClip.Write(_model, _clip);
        GoldenClip golden = GoldenClip.Read(_model)!;
        using OnnxModel model = OnnxModel.Open(_model);

        Predictions found = model.Classify(golden.Clip, 1);

        Assert.Equal(_clip, golden.Clip.ToArray());
        Assert.Null(golden.Objection(found));
        Assert.Equal(found.Probabilities, golden.Probabilities);
    }

    [Fact]
    public void Another_model_does_not()
    {
        GoldenClip.Write(_model, _clip);
        GoldenClip golden = GoldenClip.Read(_model)!;
        float[] moved = [.. golden.Logits.Select((logit, index) => index == 2 ? logit + 0.5f : logit)];

        Assert.Contains("a logit differs by 0.5", golden.Objection(new Predictions(1, 5, 0, moved, golden.Probabilities, [])), StringComparison.Ordinal);
        Assert.Contains("a logit differs by NaN", golden.Objection(new Predictions(1, 5, 0, [float.NaN, .. golden.Logits[1..]], golden.Probabilities, [])), StringComparison.Ordinal);
        Assert.Contains("a probability differs", golden.Objection(new Predictions(1, 5, 0, golden.Logits, [1, 0, 0, 0, 0], [])), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_class_may_be_another_where_both_may_have_moved_so_far_and_no_further()
    {
        GoldenClip golden = new(_clip, [1, 0.85f, 0], [.4f, .39f, .21f], Tolerance: 0.1);

        Assert.Null(golden.Objection(Found(0.91f, 0.94f)));
        Assert.Contains("a logit differs by 0.2", golden.Objection(Found(1, 1.05f)), StringComparison.Ordinal);

        static Predictions Found(float first, float second) => new(1, 3, 0, [first, second, 0], [.4f, .39f, .21f], []);
    }

    [Theory]
    [InlineData(1e-3, 1e-3)]
    [InlineData(null, 0.02)]
    public void What_is_accepted_is_what_the_gate_accepted(double? measured, double accepted)
    {
        TinyClassifier.Document.WithContract(TinyClassifier.Contract() with { Parity = measured is { } bound ? new ParityRecord(bound, 0, 1, 1, [1]) : null }).Save(_model);
        GoldenClip.Write(_model, _clip);
        GoldenClip golden = GoldenClip.Read(_model)!;

        Assert.Equal(measured ?? accepted * Math.Max(1, golden.Logits.Max(Math.Abs)), golden.Tolerance, 1e-9);
    }

    [Fact]
    public void A_model_without_a_clip_has_none() => Assert.Null(GoldenClip.Read(_model));

    [Fact]
    public void A_clip_of_other_extents_or_a_file_that_is_gone_is_refused()
    {
        GoldenClip.Write(_model, _clip);
        TensorFile.Write(_folder.File("test_data_set_0/output_1.pb"), new NamedTensor("probabilities", ElementType.Float, [5, 1], new byte[20]));
        Assert.Contains("expected Float of shape [1, 5]", Assert.Throws<OnnxModelException>(() => GoldenClip.Read(_model)).Message, StringComparison.Ordinal);

        File.Delete(_folder.File("test_data_set_0/output_1.pb"));
        Assert.Contains("output_1.pb", Assert.Throws<OnnxModelException>(() => GoldenClip.Read(_model)).Message, StringComparison.Ordinal);
    }

    [OnnxCheckerFact]
    public void The_formats_own_package_reads_it()
    {
        GoldenClip.Write(_model, _clip);

        (int code, string output) = OnnxCheckerTests.Run(
            """
            import onnx, sys
            from onnx import numpy_helper
            for name in ['input_0', 'output_0', 'output_1']:
                t = onnx.TensorProto()
                t.ParseFromString(open(f'{sys.argv[1]}/test_data_set_0/{name}.pb', 'rb').read())
                a = numpy_helper.to_array(t)
                print(t.name, a.dtype, a.shape, int(a.astype('f8').sum() * 1000))
            """,
            _folder.Path);

        GoldenClip golden = GoldenClip.Read(_model)!;
        Assert.True(code == 0, output);
        string[] lines = output.Trim().Split('\n');
        Assert.Equal($"video uint8 (1, 4, 16, 16, 3) {_clip.Sum(value => (long)value) * 1000}", lines[0]);
        Assert.Equal($"logits float32 (1, 5) {(int)(golden.Logits.Sum(value => (double)value) * 1000)}", lines[1]);
        Assert.StartsWith("probabilities float32 (1, 5) ", lines[2], StringComparison.Ordinal);
    }

    internal sealed class OnnxCheckerFactAttribute : FactAttribute
    {
        public OnnxCheckerFactAttribute() => Skip = new OnnxCheckerTests.OnnxCheckerTheoryAttribute().Skip;
    }
}
