using System.Diagnostics;
using System.Globalization;
using Unreel.Pipelines;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Serve.Scoring;
using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>Measures decoding, inference, and scoring of one case on the same videos and the same open model.</summary>
internal sealed class ScoreMeter : IAsyncDisposable
{
    // As many as are different: the others are copies, so that making them takes no time.
    private const int Originals = 4;

    private readonly ScoreBenchCase _case;
    private readonly string _folder;
    private readonly ServedModel _model;
    private readonly ScoreDecoder _decoder;
    private readonly VideoOpener _opener = new(null);
    private readonly IReadOnlyList<VideoEntry> _videos;
    private ViewSet[] _views = [];

    private ScoreMeter(ScoreBenchCase one, string folder, ServedModel model)
    {
        (_case, _folder, _model) = (one, folder, model);
        _decoder = ScoreDecoder.Start(one.Workers);
        _videos = FolderListing.Read(Path.Combine(folder, "videos"), new VideoFilter([], [])).Entries;
    }

    /// <summary>Makes videos and model.</summary>
    public static async Task<ScoreMeter> MakeAsync(ScoreBenchCase one, string folder, CancellationToken ct)
    {
        string file = Path.Combine(folder, ModelSource.FileName);
        await Task.Run(() => Make(one, folder, file, ct), ct);
        OnnxModelLoader loader = new(OnnxModelLoader.OptionsOf(one.Plan.Threads, "cpu"), _ => { });
        ModelFile source = await new ModelSource(null).FetchAsync(file, ct);
        ScoreMeter meter = new(one, folder, new ServedModel(source, await Task.Run(() => loader.Load(source), ct), TimeProvider.System, one.Plan.Lanes));
        meter._views = await Task.WhenAll(meter._videos.Take(Originals).Select(async video => (await meter.OneAsync(video, ct)).Views));
        return meter;
    }

    /// <summary>Videos a second of decoding and preparing alone.</summary>
    public Task<double> DecodeAsync(CancellationToken ct) => RateAsync(() => Parallel.ForEachAsync(
        _videos, new ParallelOptions { MaxDegreeOfParallelism = _case.Workers, CancellationToken = ct }, async (video, stop) => await OneAsync(video, stop)));

    /// <summary>Videos a second of inference alone, on clips that are ready.</summary>
    public Task<double> InferAsync(CancellationToken ct) => RateAsync(() => Parallel.ForEachAsync(
        Enumerable.Range(0, _videos.Count), new ParallelOptions { MaxDegreeOfParallelism = 2 * _case.Plan.Lanes, CancellationToken = ct }, async (index, stop) =>
        {
            ViewSet views = _views[index % _views.Length];
            _ = ViewAverage.Of((await _model.InferAsync(views.Pixels, views.Views, stop)).Predictions);
        }));

    /// <summary>Videos a second of the whole, from the list of videos to the finished file.</summary>
    public Task<double> ScoreAsync(CancellationToken ct)
    {
        ScoreOptions options = new() { Model = _folder, Videos = Path.Combine(_folder, "videos"), Out = Path.Combine(_folder, "scores.csv"), Overwrite = true, Workers = _case.Workers };
        return RateAsync(async () =>
        {
            ScoreTarget target = ScoreTarget.Parse(options.Out, null, null, null, null);
            VideoListing listing = await new VideoLister(null).ReadAsync(options, ct);
            ScoreWork work = ScoreWork.Prepare(options, target, listing, _model.Source, _model.Classifier.Labels);
            await new ScoreRun(new ScoreSettings { Decoder = _decoder.Decoder }, TimeProvider.System).RunAsync(work, _model, new Unheard(), ct);
        });
    }

    /// <summary>All that decides the figures.</summary>
    public SortedDictionary<string, string> Config() => new(StringComparer.Ordinal)
    {
        ["videos"] = Text(_videos.Count),
        ["frame"] = _case.Frame.ToString(),
        ["frames"] = Text(_case.Frames),
        ["model"] = $"width {Text(_case.Model.Width)}, depth {Text(_case.Model.Depth)}, {Text(_case.Model.Frames)} x {Text(_case.Model.Size)}",
        ["workers"] = Text(_case.Workers),
        ["threads"] = Text(_case.Plan.Threads),
        ["parallel"] = Text(_case.Plan.Lanes),
        ["decoder"] = _decoder.Decoder.GetType().Name,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _model.Release();
        await _model.Closed;
        _decoder.Dispose();
    }

    private static void Make(ScoreBenchCase one, string folder, string model, CancellationToken ct)
    {
        BenchModel.Write(model, one.Model, new ClipPreparation { Frames = one.Model.Frames, Stride = Math.Max(1, one.Frames / one.Model.Frames), Size = one.Model.Size });
        string videos = Directory.CreateDirectory(Path.Combine(folder, "videos")).FullName;
        for (int index = 0; index < one.Videos; index++)
        {
            ct.ThrowIfCancellationRequested();
            string file = Path.Combine(videos, string.Create(CultureInfo.InvariantCulture, $"{index:d5}.mp4"));
            if (index < Originals)
                MakeVideo(file, one.Frame, one.Frames, index);
            else
                File.Copy(Path.Combine(videos, string.Create(CultureInfo.InvariantCulture, $"{index % Originals:d5}.mp4")), file);
        }
    }

    // A bright square over a gradient, both moving, with some noise: what a coder finds neither empty nor hopeless.
    private static void MakeVideo(string file, FrameSize size, int frames, int seed)
    {
        using VideoWriter writer = new(file, size, 25, new VideoWriterOptions { Crf = 23 });
        byte[] pixels = new byte[size.Width * size.Height * 3];
        for (int frame = 0; frame < frames; frame++)
        {
            RandomStream random = new((ulong)seed, "bench-video", (ulong)frame);
            int left = (frame * 4) % size.Width, top = (frame * 2) % size.Height, side = size.Height / 4;
            for (int at = 0; at < pixels.Length; at++)
            {
                int column = at / 3 % size.Width, row = at / 3 / size.Width;
                bool inside = column - left is >= 0 && column - left < side && row - top is >= 0 && row - top < side;
                pixels[at] = (byte)((inside ? 180 : ((column + row + (frame * (seed + 1))) & 127) + 20) + random.NextInt(12));
            }

            writer.Write(pixels);
        }

        writer.Finish();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<DecodedClip> OneAsync(VideoEntry video, CancellationToken ct)
    {
        await using Stream stream = await _opener.OpenAsync(video, ct);
        return await _decoder.Decoder.DecodeAsync(stream, video.Name, _model.Classifier.Preparation, ct);
    }

    private async Task<double> RateAsync(Func<Task> work)
    {
        long began = Stopwatch.GetTimestamp();
        await work();
        return _videos.Count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private sealed class Unheard : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
        }
    }
}
