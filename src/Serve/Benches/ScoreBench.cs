using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Pipelines;

namespace Unreel.Serve.Benches;

/// <summary>
/// How much of its slower half scoring a folder reaches: videos a second of decoding alone, of inference alone, and of both together with the rows
/// written, where decoding decides, where inference does, and where both take as long on cores of their own.
/// </summary>
/// <remarks>
/// Each case has <c>decode-</c>, <c>infer-</c> and <c>score-</c> in <c>videos/s</c>, and <c>ratio-</c>, scoring over the slower of the other two, in <c>x</c>. All three have the
/// same decoders and the same inferences at a time. In the first two cases that is one of each for each core, so one half must be slight for the other to be reached; in the third each has half of the cores.
/// </remarks>
public sealed class ScoreBench : IBench
{
    private readonly ScoreBenchScale _scale;

    /// <summary>Makes the bench as it is shipped.</summary>
    public ScoreBench()
        : this(new ScoreBenchScale())
    {
    }

    internal ScoreBench(ScoreBenchScale scale) => _scale = scale;

    /// <inheritdoc/>
    public string Name => "score";

    /// <inheritdoc/>
    public string Summary => "Videos a second of scoring a folder against decoding alone and inference alone, where one, the other and both decide.";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(_scale.TemporaryFolder, $"unreel-bench-{Guid.NewGuid():N}"));
        try
        {
            foreach (ScoreBenchCase one in _scale.Cases)
            {
                foreach (BenchFigure figure in await MeasureAsync(one, folder.CreateSubdirectory(one.Name).FullName, ct))
                    yield return figure;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<List<BenchFigure>> MeasureAsync(ScoreBenchCase one, string folder, CancellationToken ct)
    {
        await using ScoreMeter meter = await ScoreMeter.MakeAsync(one, folder, ct);
        List<double> decode = [], infer = [], score = [], ratio = [];
        for (int round = -1; round < _scale.Rounds; round++)
        {
            (double decoded, double inferred, double scored) = (await meter.DecodeAsync(ct), await meter.InferAsync(ct), await meter.ScoreAsync(ct));
            // The first time nobody looks: files come into the system's memory, and code is compiled.
            if (round < 0)
                continue;

            decode.Add(decoded);
            infer.Add(inferred);
            score.Add(scored);
            ratio.Add(scored / Math.Min(decoded, inferred));
        }

        SortedDictionary<string, string> config = meter.Config();
        config["rounds"] = _scale.Rounds.ToString(CultureInfo.InvariantCulture);
        return
        [
            new(Name, $"decode-{one.Name}", Median.Of(decode), "videos/s", config),
            new(Name, $"infer-{one.Name}", Median.Of(infer), "videos/s", config),
            new(Name, $"score-{one.Name}", Median.Of(score), "videos/s", config),
            new(Name, $"ratio-{one.Name}", Median.Of(ratio), "x", config),
        ];
    }
}
