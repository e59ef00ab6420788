namespace Unreel.Onnx;

/// <summary>Measures on calibration clips how far variants of a model are from it.</summary>
internal sealed class LogitMeter
{
    private readonly CalibrationSet _clips;
    private readonly TrialFolder _folder;
    private readonly int _threads;
    private readonly CancellationToken _ct;
    private readonly string _output;
    private readonly List<float[]> _expected;

    /// <summary>Runs the model itself on all clips. A classifier is measured by its logits, another graph by its first output.</summary>
    /// <exception cref="PrecisionException">It gives what is no number.</exception>
    internal LogitMeter(OnnxDocument original, CalibrationSet clips, TrialFolder folder, int threads, CancellationToken ct)
    {
        (_clips, _folder, _threads, _ct) = (clips, folder, threads, ct);
        _output = original.Model.Graph.Output.FirstOrDefault(value => value.Name == ClassifierGraph.Logits)?.Name ?? original.Model.Graph.Output[0].Name;
        _expected = Run(original, clips.Clips.Count);
        int wrong = _expected.TakeWhile(row => row.All(float.IsFinite)).Count();
        if (wrong < _expected.Count)
            throw new PrecisionException($"The model in 32-bit floats gives '{_output}' that is not finite on calibration clip {wrong}; there is nothing to hold another precision against");
    }

    /// <summary>Runs a variant on the first clips.</summary>
    internal LogitDifference Measure(OnnxDocument variant, int clips) => LogitDifference.Between([.. _expected.Take(clips)], Run(variant, clips));

    private List<float[]> Run(OnnxDocument document, int clips)
    {
        using TensorSession session = _folder.Open(document, _threads);
        List<float[]> rows = [];
        for (int clip = 0; clip < clips; clip++)
            session.Visit([_clips.Tensor(clip, session.Inputs[0])], [_output], (_, values) => rows.Add(values.ToArray()), _ct);
        return rows;
    }
}
