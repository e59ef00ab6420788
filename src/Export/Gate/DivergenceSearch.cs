using System.Text.RegularExpressions;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>
/// Looks for the module at which a graph parts from its network: first at whole blocks, then inside the first block that is off. Two runs of each
/// side, however deep the network, and no more than a value of each block in memory.
/// </summary>
/// <param name="file">The model's file.</param>
/// <param name="load">Loads the network; it is gone again before the graph runs.</param>
/// <param name="floor">Relative differences up to this are the rounding of one layer.</param>
/// <param name="workFolder">Where a graph with more outputs is put for a while.</param>
internal sealed partial class DivergenceSearch(string file, Func<IReferenceNetwork> load, double floor, string workFolder)
{
    /// <summary>Looks at one clip.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="number">Its number.</param>
    /// <param name="place">Where and how to run the graph.</param>
    /// <param name="options">The same for the session.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="OnnxModelException">The graph does not run when it is looked into.</exception>
    public Divergence Find(byte[] clip, int number, ParityPlace place, OnnxModelOptions options, CancellationToken ct)
    {
        OnnxDocument document = OnnxDocument.Read(file);
        IReadOnlyList<ModuleDifference> blocks = Compare(document, clip, place.Batch, options, static name => !Inside().IsMatch(name), ct);
        ModuleDifference? first = Divergence.FirstOff(blocks, floor);
        if (first is null || !Block().IsMatch(first.Module))
            return new Divergence(blocks, first, place, number);

        IReadOnlyList<ModuleDifference> before = [.. blocks.TakeWhile(module => module != first)];
        IReadOnlyList<ModuleDifference> inside = Compare(
            document, clip, place.Batch, options, name => name == first.Module || name.StartsWith(first.Module + ".", StringComparison.Ordinal), ct);
        ModuleDifference? exact = Divergence.FirstOff(inside, floor, before.Select(module => module.Difference).Append(0).Max());
        return new Divergence([.. before, .. inside], exact ?? first, place, number);
    }

    private IReadOnlyList<ModuleDifference> Compare(OnnxDocument document, byte[] clip, int batch, OnnxModelOptions options, Predicate<string> isWanted, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        (IReadOnlyDictionary<string, float[]> wanted, GraphQuestions questions) = Ask(clip, isWanted);

        // In the graph's order, under the names that modules have: an output of the graph keeps its own.
        Dictionary<string, string> moduleOf = questions.Outputs.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        (string Module, string Value)[] common =
            [.. ModuleValues.In(document).Select(value => (moduleOf.GetValueOrDefault(value, value), value)).Where(pair => wanted.ContainsKey(pair.Item1))];
        if (common.Length == 0)
            return [];

        string exposed = Path.Combine(workFolder, "exposed.onnx");
        IReadOnlyList<string> files = ModuleValues.Expose(document, [.. common.Select(pair => pair.Value)]).Save(exposed);
        try
        {
            using TensorSession session = TensorSession.Open(exposed, options);
            byte[] clips = [.. Enumerable.Repeat(clip, batch).SelectMany(static one => one)];
            IReadOnlyDictionary<string, FloatTensor> found = session.Run(questions.InputsOf(clips, batch), cancellation: ct);

            // An autoencoder embeds the tokens that it sees, its graph all of them: values of other extents are not the same thing.
            return
            [
                .. common
                    .Select(pair => (pair.Module, Wanted: wanted[pair.Module], Found: found[ModuleValues.OutputOf(pair.Value)]))
                    .Where(pair => pair.Found.Values.Length == (long)pair.Wanted.Length * batch)
                    .Select(pair => new ModuleDifference(pair.Module, Relative(pair.Wanted, pair.Found, batch))),
            ];
        }
        finally
        {
            foreach (string written in files)
                File.Delete(written);
        }
    }

    private (IReadOnlyDictionary<string, float[]> Wanted, GraphQuestions Questions) Ask(byte[] clip, Predicate<string> isWanted)
    {
        using IReferenceNetwork network = load();
        return (network.Trace(clip, isWanted), network.Questions);
    }

    // The worst of the batch, whose clips are all the same.
    private static double Relative(float[] wanted, FloatTensor found, int batch)
    {
        double size = Math.Sqrt(wanted.Sum(value => (double)value * value));
        double worst = 0;
        for (int item = 0; item < batch; item++)
        {
            double sum = 0;
            for (int at = 0; at < wanted.Length; at++)
            {
                double difference = (double)found.Values[(item * wanted.Length) + at] - wanted[at];
                sum += difference * difference;
            }

            worst = double.IsNaN(sum) || double.IsNaN(worst) ? double.NaN : Math.Max(worst, Math.Sqrt(sum) / Math.Max(size, float.Epsilon));
        }

        return worst;
    }

    [GeneratedRegex(@"(^|\.)blocks\.\d+\.", RegexOptions.CultureInvariant)]
    private static partial Regex Inside();

    [GeneratedRegex(@"(^|\.)blocks\.\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex Block();
}
