using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Stages.Tests;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Export.Tests;

public sealed class ExportStageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExportStageTests() => TinyClassifier.Write(_folder.File("classifier"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_model_says_what_it_is_how_it_is_fed_and_how_it_was_measured()
    {
        StageResult result = await RunAsync(options => options with { ViewClips = 3 });

        ModelContract contract = OnnxFile.ReadContract(result.Files[0].Path);
        Assert.Equal(ArtifactKind.Onnx, result.Kind);
        Assert.Equal(["model.onnx", "parity.json", .. GoldenClip.Files], result.Files.Select(file => file.Title));
        Assert.Equal(TinyClassifier.Labels, contract.Labels);
        Assert.Equal((TinyClassifier.Preparation with { Clips = 3 }).ToJson().ToJsonString(), contract.Preparation.ToJsonString());
        Assert.Equal(DigestOf(_folder.File("classifier", "model.safetensors")), contract.Weights);
        Assert.Equal((3, 1.0, 1e-3), (contract.Parity!.Clips, contract.Parity.Top1Agreement, contract.Parity.Tolerance));
        Assert.InRange(contract.Parity.LargestDifference, 0, 1e-3);
        Assert.Equal((3, result.Metrics["parity_clips_top1"]), (contract.Accuracy!.Videos, contract.Accuracy.Top1));
    }

    [Fact]
    public async Task A_clip_and_what_the_published_file_says_of_it_go_with_it()
    {
        StageResult result = await RunAsync();

        GoldenClip golden = GoldenClip.Read(result.Files[0].Path)!;
        using OnnxModel model = OnnxModel.Open(result.Files[0].Path);
        Predictions found = model.Classify(golden.Clip, 1);
        Assert.Null(golden.Objection(found));
        Assert.Equal(1e-3, golden.Tolerance);
        Assert.All(golden.Logits.Zip(found.Logits), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Contains(golden.Clip.ToArray(), value => value != golden.Clip.Span[0]);
        Assert.Equal([.. GoldenClip.Files.Select(file => Path.Combine(Path.GetDirectoryName(result.Files[0].Path)!, file))], result.Files.Where(file => file.Title.Contains('/', StringComparison.Ordinal)).Select(file => file.Path));
    }

    [Fact]
    public async Task Views_are_the_classifiers_own_unless_asked_otherwise() =>
        Assert.Equal(2, (int)OnnxFile.ReadContract((await RunAsync()).Files[0].Path).Preparation["clips"]!);

    // The other kinds of heads pass the same gate: attention in the graph, a batch norm folded into the linear layer.
    [Theory]
    [InlineData(ClassifierHead.Attentive)]
    [InlineData(ClassifierHead.BatchNorm)]
    public async Task Every_head_is_exported(ClassifierHead head)
    {
        Directory.Delete(_folder.File("classifier"), recursive: true);
        TinyClassifier.Write(_folder.File("classifier"), head);

        StageResult result = await RunAsync();

        Assert.InRange(OnnxFile.ReadContract(result.Files[0].Path).Parity!.LargestDifference, 0, 1e-4);
    }

    [Fact]
    public async Task The_comparison_is_published_beside_the_model_in_the_same_figures()
    {
        StageResult result = await RunAsync();

        JsonNode parity = JsonNode.Parse(File.ReadAllText(result.Files[1].Path))!;
        ParityRecord record = OnnxFile.ReadContract(result.Files[0].Path).Parity!;
        Assert.Equal(
            ["tolerance", "tolerances", "min_top1_agreement", "max_accuracy_loss", "measured", "comparisons", "providers", "accuracy", "split_note"],
            parity.AsObject().Select(member => member.Key));
        Assert.Equal(
            ["largest_difference", "mean_difference", "top1_agreement", "clips", "batch_sizes", "outputs"],
            parity["measured"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["features", "logits", "probabilities"], parity["measured"]!["outputs"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(record.LargestDifference, (double)parity["measured"]!["largest_difference"]!);
        Assert.Equal(record.LargestDifference, result.Metrics["largest_logit_difference"]);
        Assert.Null(parity["split_note"]);
    }

    [Fact]
    public async Task Every_level_and_batch_size_is_compared_on_every_provider_that_can_be_used()
    {
        StageResult result = await RunAsync(options => options with { MaxBatch = 3 });

        JsonNode parity = JsonNode.Parse(File.ReadAllText(result.Files[1].Path))!;
        string[] providers = [.. parity["providers"]!.AsArray().Where(provider => (bool)provider!["used"]!).Select(provider => (string)provider!["name"]!)];
        string[] levels = [.. OptimisationLevels.Present.Select(level => level.ToString().ToLowerInvariant())];
        Assert.Contains("cpu", providers);
        Assert.True(levels.Length >= 4);
        Assert.Equal(
            providers.SelectMany(provider => levels.SelectMany(level => new[] { 1, 2, 3 }.Select(batch => $"{provider} {level} {batch}"))).Order(StringComparer.Ordinal),
            parity["comparisons"]!.AsArray().Select(cell => $"{cell!["provider"]} {cell["optimisation"]} {cell["batch"]}").Order(StringComparer.Ordinal));
        Assert.Equal(
            [.. new[] { "batch 1", "batch 2", "batch 3" }.Concat(levels).Concat(providers).Order(StringComparer.Ordinal)],
            OnnxFile.ReadContract(result.Files[0].Path).Parity!.Worst!.Keys.Order(StringComparer.Ordinal));
        Assert.All(parity["providers"]!.AsArray(), provider => Assert.True((bool)provider!["used"]! || ((string?)provider["why_not"])?.Length > 0));
    }

    [Fact]
    public async Task Accuracy_is_that_of_the_model_beside_that_of_the_network()
    {
        AccuracyRecord accuracy = OnnxFile.ReadContract((await RunAsync()).Files[0].Path).Accuracy!;

        Assert.Equal(accuracy.Top1, accuracy.NetworkTop1);
    }

    [Fact]
    public async Task Weights_above_a_threshold_are_published_in_a_file_of_their_own()
    {
        StageResult result = await RunAsync(options => options with { ExternalAbove = 0 });

        Assert.Equal(["model.onnx", "model.onnx.data", "parity.json", .. GoldenClip.Files], result.Files.Select(file => file.Title));
        Assert.Equal(["application/onnx", "application/octet-stream", "application/json"], result.Files.Take(3).Select(file => file.MediaType));
        Assert.Equal(1, OnnxFile.ReadContract(result.Files[0].Path).Parity!.Top1Agreement);
        using OnnxModel model = OnnxModel.Open(result.Files[0].Path);
        Assert.Equal(TinyClassifier.Labels, model.Contract.Labels);
    }

    [Fact]
    public async Task Every_phase_is_told()
    {
        FakeContext context = new(_folder.File("told"));

        await RunAsync(context: context);

        Assert.Equal(["writing the graph", "decoding", "asking the network", "comparing"], context.Told.Select(told => told.Activity).Distinct());
        Assert.Contains(context.Told, told => told.Detail == "cpu, optimisation disabled, batch 2");
    }

    [Fact]
    public async Task Cancelling_stops_the_comparison()
    {
        using CancellationTokenSource stop = new();
        FakeContext context = new(_folder.File("stopped"))
        {
            Then = told =>
            {
                if (told.Activity == "comparing")
                    stop.Cancel();
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(context: context, ct: stop.Token));
    }

    [Fact]
    public async Task The_same_export_gives_the_same_bytes()
    {
        byte[][] first = [.. (await RunAsync(work: "one")).Files.Select(file => File.ReadAllBytes(file.Path))];

        Assert.Equal(first, (await RunAsync(work: "two")).Files.Select(file => File.ReadAllBytes(file.Path)));
    }

    [Theory]
    [InlineData(GraphPrecision.Fp32)]
    [InlineData(GraphPrecision.Fp16)]
    public async Task Layers_to_keep_in_float_are_refused_where_none_is_quantised(GraphPrecision precision)
    {
        UsageException refusal = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Precision = precision, KeepFloat = ["blocks.0.*"] }));

        Assert.Contains("keep_float names layers that are not to be quantised (blocks.0.*)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_graph_without_classes_has_no_figures_of_classes()
    {
        StageResult result = await RunAsync(options => options with { Graph = GraphKind.Encoder });

        Assert.Equal(["bytes", "largest_difference"], result.Metrics.Keys);
        Assert.DoesNotContain("first class", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_answers_with_no_number_is_the_user_s_to_mend()
    {
        UsageException problem = Assert.Throws<UsageException>(() => NetworkAnswers.Ask(new Broken(), [[0], [1]], static _ => { }, CancellationToken.None));

        Assert.StartsWith("The network itself answers clip 1 with logits that are not finite", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_leaves_no_result()
    {
        GateRefusedException refusal = await Assert.ThrowsAsync<GateRefusedException>(() => RunAsync(options => options with { Tolerance = 0 }));

        Assert.Contains("Nothing was published", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("work", "parity.json")));
        Assert.Null(OnnxFile.ReadContract(_folder.File("work", "model.onnx")).Parity);
    }

    [Fact]
    public async Task A_refusal_is_explained_in_a_file_that_stays_behind()
    {
        GateRefusedException refusal = await Assert.ThrowsAsync<GateRefusedException>(() => RunAsync(options => options with { Tolerance = 0 }));

        JsonNode figures = JsonNode.Parse(File.ReadAllText(_folder.File("work", "refusal.json")))!;
        Assert.Contains(_folder.File("work", "refusal.json"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("No single module is to blame", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, (double)figures["tolerance"]!);
        Assert.Equal("patch_embed", (string)figures["divergence"]!["modules"]![0]!["module"]!);
        Assert.Equal("head", (string)figures["divergence"]!["modules"]!.AsArray()[^1]!["module"]!);
        Assert.Equal(["model.onnx", "refusal.json"], Directory.GetFiles(_folder.File("work")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    // 4 frames of 16 x 16 in cubes of 2 x 8 x 8.
    [Theory]
    [InlineData(true, true, GraphKind.Classifier, GraphFlavour.Ort, "2 frames of 8 x 8", "frames height width")]
    [InlineData(true, false, GraphKind.Classifier, GraphFlavour.Portable, "2 frames of 16 x 16", "frames")]
    [InlineData(false, true, GraphKind.Encoder, GraphFlavour.Portable, "4 frames of 8 x 8", "height width")]
    public async Task Open_extents_are_compared_at_another_size(bool frames, bool size, GraphKind graph, GraphFlavour flavour, string further, string open)
    {
        StageResult result = await RunAsync(options => options with { DynamicFrames = frames, DynamicSize = size, Graph = graph, Flavour = flavour });

        ModelContract contract = OnnxFile.ReadContract(result.Files[0].Path);
        JsonArray cells = JsonNode.Parse(File.ReadAllText(result.Files[1].Path))!["comparisons"]!.AsArray();
        Assert.Equal(["4 frames of 16 x 16", further], cells.Select(cell => (string)cell!["input"]!).Distinct());
        Assert.All(cells, cell => Assert.InRange((double)cell!["largest_difference"]!, 0, 1e-4));
        Assert.Equal(open.Split(' '), contract.Open);
        Assert.Equal(new InputGeometry(4, 16, 16), contract.Input);
    }

    [Fact]
    public async Task The_contract_says_what_was_accepted_beside_what_was_measured()
    {
        ParityRecord parity = OnnxFile.ReadContract((await RunAsync(options => options with { Precision = GraphPrecision.Int8Dynamic, MaxAccuracyLoss = 0.5 })).Files[0].Path).Parity!;

        Assert.Equal((0.99, 0.5), (parity.MinTop1Agreement, parity.MaxAccuracyLoss));
        Assert.InRange(parity.AccuracyLoss!.Value, 0, 0.5);
        Assert.Equal((parity.Tolerance, parity.LargestDifference), (parity.Outputs!["logits"].Tolerance, parity.Outputs["logits"].LargestDifference));
        Assert.Equal(0.2, parity.Outputs["probabilities"].Tolerance);
        Assert.Null(parity.Outputs["features"].Tolerance);
        Assert.InRange(parity.Outputs["features"].LargestDifference, double.Epsilon, 1);
    }

    [Fact]
    public void A_search_that_fails_takes_nothing_from_a_refusal()
    {
        FakeContext context = new(_folder.File("work"));
        ExportOptions options = AnyOptions.Value with { Threads = 1, ParityClips = 2, Tolerance = 0 };
        using IClipSource source = ClipDataset.Open(ColouredRecipes.Write(_folder, [.. TinyClassifier.Labels]).Text, [new ColouredRecipes()]);
        using ExportedNetwork network = ExportedNetwork.Open(_folder.File("classifier"));
        OnnxDocument document = network.Write(options, network.Preparation, "sha256:00");
        document.Save(_folder.File("work", "model.onnx"));
        int asked = 0;
        Gate gate = new(
            _folder.File("work", "model.onnx"),
            _ => asked++ == 0
                ? ReferenceNetworks.Load(_folder.File("classifier"), network.Description, document.ReadContract(), null, threads: 1)
                : throw new OnnxModelException("exposed", "cannot be loaded: out of memory"),
            null,
            HeldOutClips.Choose(source, options, network.Preparation),
            GateLimits.Of(options, "fp32"),
            options,
            context);

        GateRefusedException refusal = Assert.Throws<GateRefusedException>(() => gate.Pass("fp32", GateProvider.Find(["cpu"]), TinyClassifier.Labels, CancellationToken.None));

        Assert.Contains("largest difference of logits", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("could not be looked into: Model 'exposed' cannot be loaded: out of memory", refusal.Message, StringComparison.Ordinal);
        JsonNode figures = JsonNode.Parse(File.ReadAllText(_folder.File("work", "refusal.json")))!;
        Assert.True((double)figures["measured"]!["largest_difference"]! > 0);
        Assert.Null(figures["divergence"]);
    }

    [Fact]
    public void A_graph_that_breaks_a_rule_is_refused_unless_the_opset_is_to_blame()
    {
        Assert.Contains("'x' is made twice", Assert.Throws<GateRefusedException>(() => ExportStage.InStructure<int>(() => throw new GraphException("'x' is made twice"))).Message, StringComparison.Ordinal);
        Assert.Throws<OpsetException>(() => ExportStage.InStructure<int>(() => throw new OpsetException("too old")));
        Assert.Equal(3, ExportStage.InStructure(() => 3));
    }

    [Theory]
    [InlineData("Failed to load library /opt/ort/libprov_cuda.so with error: libcudnn.so.9: cannot open", "Failed to load library libprov_cuda.so with error: libcudnn.so.9: cannot open")]
    [InlineData("Model '/home/ann/.cache/work/model.onnx' cannot be loaded", "Model 'model.onnx' cannot be loaded")]
    [InlineData(@"Error loading ""C:\Users\Ann\ort\cuda.dll""", @"Error loading ""cuda.dll""")]
    [InlineData("onnx and/or ort; see https://example.org/a/b", "onnx and/or ort; see https://example.org/a/b")]
    [InlineData(null, null)]
    public void Reasons_are_published_without_the_machines_folders(string? reason, string? published) => Assert.Equal(published, GateReport.WithoutFolders(reason));

    [Theory]
    [InlineData(GraphKind.Encoder, new[] { "features", "tokens" })]
    [InlineData(GraphKind.Keys, new[] { "features", "keys", "tokens" })]
    public async Task An_encoder_passes_the_same_gate_over_its_own_outputs(GraphKind graph, string[] outputs)
    {
        StageResult result = await RunAsync(options => options with { Graph = graph });

        ModelContract contract = OnnxFile.ReadContract(result.Files[0].Path);
        JsonNode measured = JsonNode.Parse(File.ReadAllText(result.Files[1].Path))!["measured"]!;
        Assert.Equal((graph, null), (contract.Graph, contract.Accuracy));
        Assert.InRange(contract.Parity!.LargestDifference, 0, 1e-4);
        Assert.Equal(outputs, measured["outputs"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Contains("graph classifier", Assert.Throws<OnnxModelException>(() => OnnxModel.Open(result.Files[0].Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GraphFlavour.Ort)]
    [InlineData(GraphFlavour.Portable)]
    public async Task The_contract_says_for_whom_the_operators_are(GraphFlavour flavour)
    {
        ModelContract contract = OnnxFile.ReadContract((await RunAsync(options => options with { Flavour = flavour })).Files[0].Path);

        Assert.Equal((flavour.ToString().ToLowerInvariant(), "fp32"), (contract.Flavour, contract.Precision));
    }

    [Theory]
    [InlineData]
    [InlineData("cyan", "pink")]
    public async Task Clips_without_labels_or_with_others_give_no_accuracy(params string[] labels)
    {
        StageResult result = await RunAsync(labels: labels);

        Assert.Null(OnnxFile.ReadContract(result.Files[0].Path).Accuracy);
        Assert.False(result.Metrics.ContainsKey("parity_clips_top1"));
        Assert.Contains("no accuracy for want of known labels", result.Summary, StringComparison.Ordinal);
        Assert.Equal(labels.Length > 0, File.ReadAllText(result.Files[1].Path).Contains("no clip has a label that the model knows", StringComparison.Ordinal));
        Assert.NotNull(OnnxFile.ReadContract(result.Files[0].Path).Parity);
    }

    [Fact]
    public async Task A_split_that_holds_nothing_out_is_named()
    {
        VideoException problem = await Assert.ThrowsAsync<VideoException>(() => RunAsync(options => options with { Split = new SplitOptions { Holdout = "nobody" } }));

        Assert.Contains("nobody", problem.Message, StringComparison.Ordinal);
    }

    private sealed class Broken : IReferenceNetwork
    {
        public GraphQuestions Questions => throw new NotSupportedException();

        public IReadOnlyDictionary<string, float[]> Answer(byte[] clip) => new Dictionary<string, float[]> { ["logits"] = [0, float.NaN] };

        public IReadOnlyDictionary<string, float[]> Trace(byte[] clip, Predicate<string> isWanted) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private static string DigestOf(string file) => Digest.FromHash(SHA256.HashData(File.ReadAllBytes(file))).ToString();

    private Task<StageResult> RunAsync(Func<ExportOptions, ExportOptions>? change = null, string work = "work", string[]? labels = null, FakeContext? context = null, CancellationToken ct = default)
    {
        ExportOptions options = new()
        {
            Classifier = StageInput.Parse(_folder.File("classifier")),
            Clips = ColouredRecipes.Write(_folder, labels ?? [.. TinyClassifier.Labels]),
            Threads = 1,
        };
        return new ExportStage([new ColouredRecipes()]).RunAsync(change?.Invoke(options) ?? options, context ?? new FakeContext(_folder.File(work)), ct);
    }
}
