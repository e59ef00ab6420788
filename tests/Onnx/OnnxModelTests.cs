namespace Unreel.Onnx.Tests;

public sealed class OnnxModelTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unreel-onnx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_saved_model_opens_with_its_contract()
    {
        string path = Save(TinyClassifier.Document);

        using OnnxModel model = OnnxModel.Open(path, new OnnxModelOptions { Threads = 1 });

        Assert.Equal(TinyClassifier.Contract().ToJson(), model.Contract.ToJson());
        Assert.Equal((path, 5, 12), (model.Name, model.Classes, model.Width));
        Assert.Equal(model.Contract.ToJson(), OnnxFile.ReadContract(path).ToJson());
        Assert.Equal(model.Contract.ToJson(), OnnxDocument.Read(path).ReadContract().ToJson());
    }

    [Fact]
    public void A_batch_gives_what_single_clips_give()
    {
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny");
        int clip = (int)model.Contract.Input.ClipBytes;
        byte[] video = SeededFloats.Bytes(3 * clip, seed: 1);

        Predictions batch = model.Classify(video, 3);

        for (int i = 0; i < 3; i++)
        {
            Predictions single = model.Classify(video.AsMemory(i * clip, clip), 1);
            FloatAssert.Close([.. single.Logits.Select(value => (double)value)], batch.LogitsOf(i).ToArray(), 1e-5);
            Assert.Equal(1, single.Probabilities.Sum(), 5);
        }
    }

    [Fact]
    public void Many_threads_share_a_model()
    {
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny");
        byte[][] clips = [.. Enumerable.Range(0, 8).Select(seed => SeededFloats.Bytes(model.Contract.Input.ClipBytes, seed))];
        float[][] alone = [.. clips.Select(clip => model.Classify(clip, 1).Logits)];

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Assert.Equal(alone[i % 8], model.Classify(clips[i % 8], 1).Logits));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 2)]
    public void Clips_of_the_wrong_length_are_refused(int extra, int count)
    {
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny");
        byte[] clips = new byte[(count * model.Contract.Input.ClipBytes) + extra];

        if (extra == 0)
        {
            Assert.Equal(count, model.Classify(clips, count).Count);
            return;
        }

        var exception = Assert.Throws<ArgumentException>(() => model.Classify(clips, count));
        Assert.Contains($"{count * model.Contract.Input.ClipBytes} bytes, found {clips.Length}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(19)]
    public void Views_are_averaged_as_probabilities_however_many_there_are(int views)
    {
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny");
        int view = (int)model.Contract.Input.ClipBytes;
        byte[] pixels = SeededFloats.Bytes(views * view, seed: 4);
        double[] expected = new double[model.Classes];
        for (int i = 0; i < views; i++)
        {
            float[] probabilities = model.Classify(pixels.AsMemory(i * view, view), 1).Probabilities;
            for (int label = 0; label < expected.Length; label++)
                expected[label] += probabilities[label] / (double)views;
        }

        FloatAssert.Close(expected, model.Average(pixels, views), 1e-6);
        Assert.Throws<ArgumentException>(() => model.Average(pixels.AsMemory(1), views));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Average(pixels, 0));
    }

    [Theory]
    [InlineData(-5, 0, "Threads")]
    [InlineData(1025, 0, "Threads")]
    [InlineData(1, -1, "DeviceId")]
    public void Options_out_of_range_are_named(int threads, int device, string option)
    {
        var options = new OnnxModelOptions { Threads = threads, DeviceId = device };

        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(TinyClassifier.Bytes, "tiny", options));

        Assert.Contains(option, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_throws_and_the_model_lives_on()
    {
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny");
        byte[] clip = new byte[model.Contract.Input.ClipBytes];
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => model.Classify(clip, 1, source.Token));
        Assert.Equal(5, model.Classify(clip, 1).Logits.Length);
    }

    [Fact]
    public async Task A_run_under_way_is_stopped()
    {
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { Threads = 1 });
        const int count = 4096;
        byte[] clips = new byte[count * model.Contract.Input.ClipBytes];
        using var source = new CancellationTokenSource();

        using var begun = new ManualResetEventSlim();
        Task<Predictions> run = Task.Run(() =>
        {
            begun.Set();
            return model.Classify(clips, count, source.Token);
        });
        begun.Wait();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void A_disposed_model_says_so()
    {
        OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny");
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.Classify(new byte[model.Contract.Input.ClipBytes], 1));
    }

    [Fact]
    public void WithContract_changes_nothing_but_the_contract()
    {
        ModelContract contract = TinyClassifier.Contract() with { Parity = new ParityRecord(1e-3, 1e-6, 1, 4, [1]) };

        OnnxDocument changed = TinyClassifier.Document.WithContract(contract);

        using OnnxModel before = OnnxModel.Open(TinyClassifier.Bytes, "before");
        using OnnxModel after = OnnxModel.Open(changed.ToArray(), "after");
        byte[] clip = SeededFloats.Bytes(before.Contract.Input.ClipBytes, seed: 3);
        Assert.Equal(contract.ToJson(), after.Contract.ToJson());
        Assert.Null(before.Contract.Parity);
        Assert.Equal(before.Classify(clip, 1).Logits, after.Classify(clip, 1).Logits);
    }

    [Fact]
    public void The_same_weights_give_the_same_bytes() =>
        Assert.Equal(TinyClassifier.Bytes, ClassifierGraph.Write(TinyClassifier.Shape, TinyClassifier.Weights(), TinyClassifier.Contract()).ToArray());

    [Fact]
    public void Saving_replaces_the_file_and_leaves_nothing_else()
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllText(path, "old");

        TinyClassifier.Document.Save(path);

        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
        Assert.Equal(TinyClassifier.Bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_description_counts_what_is_there()
    {
        ModelDescription description = TinyClassifier.Document.Describe();

        Assert.Equal("video: uint8 [batch, 4, 16, 16, 3]", Assert.Single(description.Inputs).ToString());
        Assert.Equal(["logits: float [batch, 5]", "probabilities: float [batch, 5]", "features: float [batch, 12]"], description.Outputs.Select(output => output.ToString()));
        Assert.Equal(17, description.Opsets["ai.onnx"]);
        Assert.Equal((2 * TinyClassifier.Shape.Depth) + 1, description.Operators["LayerNormalization"]);
        Assert.Equal(1, description.Operators["Gemm"]);
        Assert.Equal(TinyClassifier.Bytes.Length, description.Bytes);
        Assert.True(description.Parameters > TinyClassifier.Weights().Names.Count());
    }

    [Fact]
    public void The_runtime_tells_of_itself()
    {
        OnnxRuntimeInfo info = OnnxRuntimeInfo.Load();

        Assert.Matches(@"^1\.\d+", info.Version);
        Assert.Contains("CPUExecutionProvider", info.Providers);
        Assert.True(File.Exists(info.Library), info.Library);
    }

    private string Save(OnnxDocument document)
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        document.Save(path);
        return path;
    }
}
