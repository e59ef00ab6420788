using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>All that a written model must pass before it is published.</summary>
/// <param name="file">The model's file.</param>
/// <param name="load">Loads the network that it was written from, at other frames and another size where they are given.</param>
/// <param name="further">Those that the model is compared at too, for extents that are open; null for none.</param>
/// <param name="held">The clips.</param>
/// <param name="limits">What is accepted.</param>
/// <param name="options">What was asked for.</param>
/// <param name="context">Where progress is told and a refusal is explained.</param>
internal sealed class Gate(string file, Func<InputGeometry?, IReferenceNetwork> load, InputGeometry? further, HeldOutClips held, GateLimits limits, ExportOptions options, IStageContext context)
{
    /// <summary>The file that explains a refusal.</summary>
    public const string RefusalFile = "refusal.json";

    private string _report = "";

    /// <summary>Compares the model with the network.</summary>
    /// <param name="precision">What the model's numbers are.</param>
    /// <param name="providers">Where to run it.</param>
    /// <param name="labels">The classes in the order of the logits.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What is to be published of the comparison, and how the model ran first.</returns>
    /// <exception cref="GateRefusedException">The model cannot be run or differs too much; the message says where, and the work folder has the figures.</exception>
    public GatePass Pass(string precision, IReadOnlyList<GateProvider> providers, IReadOnlyList<string> labels, CancellationToken ct)
    {
        IReadOnlyList<byte[]> views = held.ReadViews(context.Progress, ct);
        (NetworkAnswers answers, GraphQuestions questions) = AskNetwork(views, null, ct);
        GateFindings found = new GateRun(how => new FileSession(file, how), answers, questions, options, context).Run(providers, precision, ct);
        AccuracyRecord? accuracy = answers.Logits is { } logits ? held.Accuracy(labels, found.Served, logits) : null;
        GateJudgement judgement = GateJudgement.For(answers, limits);
        if (judgement.Objection(found.Parity, accuracy) is { } objection)
            Refuse(objection, judgement, found, accuracy, views, null, ct);

        ParityReport parity = found.Parity.Rounded(judgement);
        if (further is not null)
            parity = parity.And(PassFurther(further, precision, providers, ct));
        _report = GateReport.Text(judgement, parity, found.Providers, accuracy, held.Note);
        return new GatePass(parity, accuracy, judgement, found.How) { Clearest = answers.Logits is null ? null : views[Clearest(found.Served)] };
    }

    // Rounding on another machine turns the first class of this one least.
    private static int Clearest(IReadOnlyDictionary<int, float[]> logits) => logits.MaxBy(clip => Margin(clip.Value)).Key;

    private static float Margin(float[] logits)
    {
        float first = logits.Max();
        return logits.Length == 1 ? 0 : first - logits.Where((_, index) => index != Array.IndexOf(logits, first)).Max();
    }

    /// <summary>Writes all figures of a comparison that was passed.</summary>
    public void Report(string path) => File.WriteAllText(path, _report);

    private ParityReport PassFurther(InputGeometry geometry, string precision, IReadOnlyList<GateProvider> providers, CancellationToken ct)
    {
        IReadOnlyList<byte[]> views = held.ReadViews(geometry, Math.Max(options.LevelClips, options.MaxBatch), ct);
        (NetworkAnswers answers, GraphQuestions questions) = AskNetwork(views, geometry, ct);
        GateFindings found = new GateRun(how => new FileSession(file, how), answers, questions, options, context).Run(providers, precision, ct);
        GateJudgement judgement = GateJudgement.For(answers, limits);
        if (judgement.Objection(found.Parity, null) is { } objection)
            Refuse($"At {geometry}: {objection}", judgement, found, null, views, geometry, ct);
        return found.Parity.Rounded(judgement);
    }

    // The network is asked and gone before ONNX Runtime loads the same weights: they are never in memory twice.
    private (NetworkAnswers Answers, GraphQuestions Questions) AskNetwork(IReadOnlyList<byte[]> views, InputGeometry? geometry, CancellationToken ct)
    {
        (NetworkAnswers Answers, GraphQuestions Questions) asked;
        using (IReferenceNetwork network = load(geometry))
        {
            NetworkAnswers answers = NetworkAnswers.Ask(network, views, done => context.Progress.Report(new StageProgress("asking the network", done, views.Count, "clips")), ct);
            asked = (answers, network.Questions);
        }

        // What the weights were read into is garbage by now, but nothing managed is asked for while ONNX Runtime fills the memory.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return asked;
    }

    private void Refuse(string objection, GateJudgement judgement, GateFindings found, AccuracyRecord? accuracy, IReadOnlyList<byte[]> views, InputGeometry? geometry, CancellationToken ct)
    {
        // First of all: whatever becomes of the search, the figures are there.
        string report = Path.Combine(context.WorkFolder, RefusalFile);
        File.WriteAllText(report, GateReport.Text(judgement, found.Parity, found.Providers, accuracy, held.Note));
        (ParityCell worst, int clip) = judgement.Worst(found.Parity);
        string where;
        try
        {
            context.Progress.Report(new StageProgress("looking for where they part", 0, 0, "modules"));
            Divergence divergence = new DivergenceSearch(file, () => load(geometry), limits.Rounding, context.WorkFolder).Find(views[clip], clip, worst.Place, worst.Place.How, ct);
            File.WriteAllText(report, GateReport.Text(judgement, found.Parity, found.Providers, accuracy, held.Note, divergence));
            where = divergence.ToString();
        }
        catch (Exception problem) when (problem is OnnxModelException or GraphException)
        {
            where = $"Where they part could not be looked into: {problem.Message}.";
        }

        throw new GateRefusedException($"{objection} {where} All figures: {report}.");
    }
}
