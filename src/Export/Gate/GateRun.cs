using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Takes a written model through every provider, optimisation level and batch size, one session at a time.</summary>
/// <param name="model">The model's file.</param>
/// <param name="answers">What the network gives.</param>
/// <param name="questions">How the graph is asked.</param>
/// <param name="options">What was asked for.</param>
/// <param name="context">Where progress is told.</param>
internal sealed class GateRun(string model, NetworkAnswers answers, GraphQuestions questions, ExportOptions options, IStageContext context)
{
    private readonly ParityGate _gate = new(answers);

    /// <summary>The batch sizes tried: 1, 2 and the largest.</summary>
    public static IReadOnlyList<int> BatchSizes(int most) => [.. new[] { 1, 2, most }.Where(size => size <= most).Distinct()];

    /// <summary>Runs all comparisons.</summary>
    /// <param name="providers">Those that can be used.</param>
    /// <param name="mayLackCpu">Whether it is no fault that the processor has no kernels for the model, as for types that only GPUs compute in.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="GateRefusedException">The model cannot be loaded or run.</exception>
    public GateFindings Run(IReadOnlyList<GateProvider> providers, bool mayLackCpu, CancellationToken ct)
    {
        List<GateProvider> tried = [];
        IReadOnlyDictionary<int, float[]>? served = null;
        foreach (GateProvider provider in providers)
        {
            if (provider.Device is not { } device)
            {
                tried.Add(provider);
                continue;
            }

            try
            {
                IReadOnlyDictionary<int, float[]> rows = Run(provider.Name, device, ct);
                served ??= rows;
                tried.Add(provider);
            }
            catch (OnnxModelException problem) when (mayLackCpu && device == OnnxDevice.Cpu && served is null)
            {
                tried.Add(new GateProvider(provider.Name, null, problem.Message));
            }
            catch (OnnxModelException problem)
            {
                throw new GateRefusedException($"The ONNX model cannot be run on {provider.Name}: {problem.Message}. Nothing was published.");
            }
        }

        return served is not null
            ? new GateFindings(_gate.Report, served, tried)
            : throw new GateRefusedException($"The ONNX model cannot be run on any provider of this machine: {string.Join("; ", tried.Select(provider => $"{provider.Name}: {provider.WhyNot}"))}. Nothing was published.");
    }

    private IReadOnlyDictionary<int, float[]> Run(string provider, OnnxDevice device, CancellationToken ct)
    {
        IReadOnlyDictionary<int, float[]> rows = new Dictionary<int, float[]>();
        foreach (OnnxOptimisation level in OptimisationLevels.Present.Reverse())
        {
            using TensorSession session = TensorSession.Open(model, new OnnxModelOptions { Device = device, Threads = options.Threads, Optimisation = level });
            foreach (int batch in BatchSizes(options.MaxBatch))
            {
                bool isServed = level == OnnxOptimisation.All && batch == 1;
                ParityPlace place = new(provider, level, batch);
                IReadOnlyDictionary<int, float[]> found = Run(session, place, isServed ? answers.Clips.Count : Math.Min(Math.Max(options.LevelClips, options.MaxBatch), answers.Clips.Count), ct);
                rows = isServed ? found : rows;
            }
        }

        return rows;
    }

    private IReadOnlyDictionary<int, float[]> Run(TensorSession session, ParityPlace place, int count, CancellationToken ct)
    {
        // Spread over all clips, which are in the order of their classes as often as not.
        int[] clips = [.. Enumerable.Range(0, count).Select(at => (int)((long)at * answers.Clips.Count / count))];
        int done = 0;
        return _gate.Compare(place, clips, Answer, ct);

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

/// <summary>What the gate found.</summary>
/// <param name="Parity">All comparisons.</param>
/// <param name="Served">The logits of each clip as the model is served: everything optimised, one clip at a time, on the first provider.</param>
/// <param name="Providers">The providers, used or not.</param>
internal sealed record GateFindings(ParityReport Parity, IReadOnlyDictionary<int, float[]> Served, IReadOnlyList<GateProvider> Providers);
