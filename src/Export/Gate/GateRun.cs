using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Takes a written model through every provider, optimisation level and batch size, one session at a time.</summary>
/// <param name="open">Opens the model.</param>
/// <param name="answers">What the network gives.</param>
/// <param name="questions">How the graph is asked.</param>
/// <param name="options">What was asked for.</param>
/// <param name="context">Where progress is told.</param>
internal sealed class GateRun(OpenGraph open, NetworkAnswers answers, GraphQuestions questions, ExportOptions options, IStageContext context)
{
    private readonly ParityGate _gate = new(answers);

    /// <summary>The batch sizes tried: 1, 2 and the largest.</summary>
    public static IReadOnlyList<int> BatchSizes(int most) => [.. new[] { 1, 2, most }.Where(size => size <= most).Distinct()];

    /// <summary>
    /// Runs all comparisons. A provider must run the model at every level, unless nobody asked for it by name and it is no wonder that it cannot: the
    /// processor where the precision is for GPUs, and any that is neither the processor nor CUDA.
    /// </summary>
    /// <param name="providers">Those that there are.</param>
    /// <param name="precision">What the model's numbers are.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="GateRefusedException">The model cannot be loaded or run.</exception>
    public GateFindings Run(IReadOnlyList<GateProvider> providers, string precision, CancellationToken ct)
    {
        bool isForGpus = GateLimits.IsForGpus(precision);
        List<ProviderFindings> tried = [];
        foreach (GateProvider provider in providers)
        {
            bool mayFail = !options.Providers.Contains(provider.Name) && (!provider.IsUsual || (isForGpus && provider.Name != GateProvider.Cuda));
            tried.Add(provider.Options is { } how ? Run(provider, how, mayFail, ct) : new ProviderFindings(provider));
        }

        ProviderFindings first = tried.FirstOrDefault(found => found.Rows is not null) ?? throw Nowhere(tried, precision, isForGpus);
        return new GateFindings(_gate.Report, first.Rows!, first.How!, tried);
    }

    private static GateRefusedException Nowhere(IEnumerable<ProviderFindings> tried, string precision, bool isForGpus)
    {
        string advice = isForGpus ? $" The precision {precision} is for GPUs: export where CUDA can be used, so that the model can be compared with its network." : "";
        return new GateRefusedException($"The ONNX model cannot be run on any provider of this machine: {string.Join("; ", tried.Select(found => $"{found.Provider.Name}: {found.WhyNot}"))}.{advice} Nothing was published.");
    }

    private ProviderFindings Run(GateProvider provider, OnnxModelOptions usual, bool mayFail, CancellationToken ct)
    {
        ProviderFindings findings = new(provider);
        Dictionary<OnnxOptimisation, string> failures = [];
        foreach (OnnxOptimisation level in OptimisationLevels.Present.Reverse())
        {
            OnnxModelOptions how = usual with { Optimisation = level, Threads = options.Threads };

            // What was compared before a level failed is no finding: the level's comparisons count together or not at all.
            ParityGate gate = new(answers);
            try
            {
                IReadOnlyDictionary<int, float[]> rows = Run(gate, provider.Name, how, isServed: findings.Rows is null, ct);
                _gate.Add(gate);
                findings = findings.Rows is null ? findings with { Rows = rows, How = how } : findings;
            }
            catch (OnnxModelException problem) when (mayFail)
            {
                failures.Add(level, problem.Message);
            }
            catch (OnnxModelException problem)
            {
                throw new GateRefusedException($"The ONNX model cannot be run on {provider.Name}, optimisation {level.ToString().ToLowerInvariant()}: {problem.Message}. Nothing was published.");
            }
        }

        return findings with { Failures = failures };
    }

    // The level that the model is served at is the first that it runs at, for they come in falling order.
    private IReadOnlyDictionary<int, float[]> Run(ParityGate gate, string provider, OnnxModelOptions how, bool isServed, CancellationToken ct)
    {
        IReadOnlyDictionary<int, float[]> rows = new Dictionary<int, float[]>();
        using IGraphSession session = open(how);
        foreach (int batch in BatchSizes(options.MaxBatch))
        {
            bool isAll = isServed && batch == 1;
            ParityPlace place = new(provider, how.Optimisation, batch) { How = how, Input = questions.Input };
            IReadOnlyDictionary<int, float[]> found = Run(gate, session, place, isAll ? answers.Clips.Count : Math.Min(Math.Max(options.LevelClips, options.MaxBatch), answers.Clips.Count), ct);
            rows = isAll ? found : rows;
        }

        return rows;
    }

    private IReadOnlyDictionary<int, float[]> Run(ParityGate gate, IGraphSession session, ParityPlace place, int count, CancellationToken ct)
    {
        // Spread over all clips, which are in the order of their classes as often as not.
        int[] clips = [.. Enumerable.Range(0, count).Select(at => (int)((long)at * answers.Clips.Count / count))];
        int done = 0;
        return gate.Compare(place, clips, Answer, ct);

        IReadOnlyDictionary<string, FloatTensor> Answer(byte[] batch, int size)
        {
            IReadOnlyDictionary<string, FloatTensor> found = session.Run(questions.InputsOf(batch, size), [.. answers.Outputs.Keys], ct);
            done = Math.Min(done + size, count);
            context.Progress.Report(new StageProgress("comparing", done, count, "clips", place.ToString()));
            return questions.Part is { } part ? found.ToDictionary(output => output.Key, output => Parts(output.Key, output.Value, size, part), StringComparer.Ordinal) : found;
        }
    }

    private static FloatTensor Parts(string output, FloatTensor tensor, int count, Func<string, ReadOnlyMemory<float>, ReadOnlyMemory<float>> part)
    {
        int width = tensor.Values.Length / count;
        float[] values = [.. Enumerable.Range(0, count).SelectMany(item => part(output, tensor.Values.AsMemory(item * width, width)).ToArray())];
        return new FloatTensor([count, values.Length / count], values);
    }
}
