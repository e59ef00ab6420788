using System.Text.Json.Nodes;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Onnx.Tests;
using Unreel.Pipelines;
using Unreel.Testing;

namespace Unreel.Export.Tests;

/// <summary>Graphs of trained folders against the networks in torch.</summary>
public sealed class ExportedNetworkTests : IDisposable
{
    // Worst difference seen: 4e-6.
    private const double Tolerance = 2e-5;

    private static readonly TorchOptions Torch = new() { Device = "cpu", Threads = 1 };
    private static readonly VideoTransformerShape Shape = TinyNetworks.Shape;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<GraphFlavour, int> Forms => Styles.Data;

    private string Path => _folder.File("weights");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public void Classifier_gives_the_networks_logits(GraphFlavour flavour, int opset)
    {
        TinyNetworks.Classifier(Path);
        using ClassifierModel network = ClassifierModel.Load(Path, Torch);
        foreach (int clips in new[] { 1, 3 })
        {
            byte[] video = TinyNetworks.Clips(clips);

            float[] found = Run(Options(GraphKind.Classifier, flavour, opset), video, clips, null, "logits")["logits"];

            Close(network.Logits(video, clips), found);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Encoder_of_an_autoencoder_gives_its_tokens_and_their_mean(GraphFlavour flavour, int opset)
    {
        TinyNetworks.Autoencoder(Path);
        using AutoencoderModel network = AutoencoderModel.Load(Path, Torch);
        foreach (int clips in new[] { 1, 3 })
        {
            byte[] video = TinyNetworks.Clips(clips);
            float[] expected = network.Tokens(video, clips);

            Dictionary<string, float[]> found = Run(Options(GraphKind.Encoder, flavour, opset), video, clips, null, "tokens", "features");

            Close(expected, found["tokens"]);
            Close([.. expected.Chunk(Shape.Tokens * Shape.Width).SelectMany(Mean)], found["features"]);
        }
    }

    [Fact]
    public void Encoder_of_a_classifier_gives_what_its_head_sees()
    {
        TinyNetworks.Classifier(Path);
        byte[] video = TinyNetworks.Clips(2);

        float[] expected = Run(Options(GraphKind.Classifier), video, 2, null, "features")["features"];

        Close(expected, Run(Options(GraphKind.Encoder), video, 2, null, "features")["features"]);
    }

    [Theory]
    [InlineData(null, -1)]
    [InlineData(-1, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(-2, 0)]
    public void Keys_layers_count_from_either_end(int? asked, int layer)
    {
        TinyNetworks.Autoencoder(Path);
        byte[] video = TinyNetworks.Clips(1);
        layer = layer < 0 ? Shape.Depth - 1 : layer;

        float[] found = Run(Options(GraphKind.Keys) with { KeysLayer = asked }, video, 1, null, "keys")["keys"];

        using ExportedNetwork network = ExportedNetwork.Open(Path);
        Assert.Equal(layer, network.Write(Options(GraphKind.Keys) with { KeysLayer = asked }, network.Preparation, "sha256:0").ReadContract().KeysLayer);
        Assert.Equal(Run(Options(GraphKind.Keys) with { KeysLayer = layer }, video, 1, null, "keys")["keys"], found);
        Assert.NotEqual(Run(Options(GraphKind.Keys) with { KeysLayer = 1 - layer }, video, 1, null, "keys")["keys"], found);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Reconstruction_gives_the_networks_predictions_and_pictures(GraphFlavour flavour, int opset)
    {
        TinyNetworks.Autoencoder(Path);

        foreach (int clips in new[] { 1, 3 })
            CheckReconstruction(Options(GraphKind.Reconstruction, flavour, opset), clips);
    }

    [Theory]
    [InlineData("pixels")]
    [InlineData("normalised_pixels")]
    [InlineData("pixels", "normalised_pixels")]
    [InlineData("frame_difference", "normalised_pixels", "pixels")]
    [InlineData("frame_difference", "pixels")]
    public void The_first_decoder_of_pixels_is_drawn(params string[] targets)
    {
        TinyNetworks.Autoencoder(Path, settings => settings with
        {
            Targets = [.. targets.Select(target => new TargetSettings { Name = target })],
            Normalisation = PixelNormalisation.Motion,
        });

        CheckReconstruction(Options(GraphKind.Reconstruction), 2, Array.FindIndex(targets, target => target.EndsWith("pixels", StringComparison.Ordinal)));
    }

    [Fact]
    public void Decoders_of_something_else_are_refused_by_name()
    {
        TinyNetworks.Autoencoder(Path, settings => settings with { Targets = [new TargetSettings { Name = "frame_difference" }] });

        Refused<ModelException>(Options(GraphKind.Reconstruction), "needs a decoder of target normalised_pixels or pixels, found frame_difference");
    }

    [Fact]
    public void A_regressor_is_refused()
    {
        TinyNetworks.Autoencoder(Path, settings => settings with { RegressorDepth = 1 });

        Refused<ModelException>(Options(GraphKind.Reconstruction), "found a regressor of 1 blocks");
        Assert.NotEmpty(Run(Options(GraphKind.Encoder), TinyNetworks.Clips(1), 1, null, "features")["features"]);
    }

    [Fact]
    public void Graphs_that_the_network_cannot_give_are_refused()
    {
        TinyNetworks.Autoencoder(Path);
        Refused<ModelException>(Options(GraphKind.Classifier), "holds an autoencoder; the graph 'classifier' needs a classifier");
        Refused<UsageException>(Options(GraphKind.Keys) with { KeysLayer = 2 }, "keys_layer must be from -2 to 1 for a network of 2 blocks, found 2");
        Refused<UsageException>(Options(GraphKind.Keys) with { KeysLayer = -3 }, "found -3");
        Refused<UsageException>(Options(GraphKind.Encoder) with { KeysLayer = 0 }, "keys_layer is 0, but the graph is encoder");
        Refused<UsageException>(Options(GraphKind.Reconstruction) with { DynamicSize = true }, "dynamic_size are not for the graph reconstruction");

        TinyNetworks.Classifier(_folder.File("classifier"));
        using ExportedNetwork network = ExportedNetwork.Open(_folder.File("classifier"));
        ModelException problem = Assert.Throws<ModelException>(() => network.Write(Options(GraphKind.Reconstruction), network.Preparation, "sha256:0"));
        Assert.Contains("holds a classifier; the graph 'reconstruction' needs an autoencoder", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_of_another_shape_are_named()
    {
        TinyNetworks.Classifier(Path);
        TinyNetworks.Rewrite(Path, entry => entry.Name == "blocks.1.mlp.fc1.weight" ? TensorToWrite.F32(entry.Name, [20, 12], () => new float[240]) : Same(entry));

        Refused<WeightException>(Options(GraphKind.Classifier), "Weight 'blocks.1.mlp.fc1.weight': expected shape [24, 12], found [20, 12]");
    }

    [Fact]
    public void Labels_that_do_not_match_the_head_are_counted()
    {
        TinyNetworks.Classifier(Path);
        TinyNetworks.Rewrite(Path, entry => entry.Name == "head.weight" ? TensorToWrite.F32(entry.Name, [5, 12], () => new float[60]) : Same(entry));

        Refused<ModelException>(Options(GraphKind.Classifier), "has 3 labels, the head in model.safetensors ('head.weight' [5, 12]) has 5 classes");
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        TinyNetworks.Classifier(Path);
        TinyNetworks.Rewrite(Path, entry => entry.Name == "blocks.0.norm1.bias" ? null : Same(entry));

        Refused<WeightException>(Options(GraphKind.Classifier), "Weight 'blocks.0.norm1.bias': expected shape [12], found no weight of that name");
    }

    [Fact]
    public void A_tensor_too_many_is_named()
    {
        TinyNetworks.Autoencoder(Path);
        TinyNetworks.Rewrite(Path, entry => entry.Name == "decoder.norm.bias" ? TensorToWrite.F32("encoder.extra", [1], () => [1]) : Same(entry));

        Refused<WeightException>(Options(GraphKind.Encoder), "Weight 'encoder.extra': the network has no place for it");
    }

    private static TensorToWrite Same(TensorEntry entry) => TensorToWrite.F32(entry.Name, [.. entry.Shape], () => new float[entry.Shape.Aggregate(1L, (product, extent) => product * extent)]);

    private static float[] Mean(float[] tokens) =>
        [.. Enumerable.Range(0, Shape.Width).Select(column => (float)tokens.Chunk(Shape.Width).Average(token => (double)token[column]))];

    private static void Close(float[] expected, float[] found) => FloatAssert.Close([.. expected.Select(value => (double)value)], found, Tolerance);

    private static ExportOptions Options(GraphKind graph, GraphFlavour flavour = GraphFlavour.Ort, int opset = 17) =>
        AnyOptions.Value with { Graph = graph, Flavour = flavour, Opset = opset };

    private Dictionary<string, float[]> Run(ExportOptions options, byte[] video, int clips, long[]? visible, params string[] outputs)
    {
        using ExportedNetwork network = ExportedNetwork.Open(Path);
        OnnxDocument document = network.Write(options, network.Preparation, "sha256:0");
        return GraphRun.Of(document, video, [clips, Shape.Frames, Shape.ImageSize, Shape.ImageSize, 3], visible, outputs);
    }

    [Theory]
    [InlineData("normalisation", "std", "[0.2, 0, 0.2]", "normalisation: mean and std must be three finite numbers each, std above 0")]
    [InlineData("normalisation", "mean", "[0.5, 0.5]", "normalisation: mean and std must be three finite numbers each")]
    [InlineData("shape", "heads", "5", "width (")]
    [InlineData("shape", "patch_size", "7", "image_size (")]
    public void A_description_that_makes_no_network_is_named(string part, string member, string value, string named)
    {
        TinyNetworks.Classifier(Path);
        string file = System.IO.Path.Combine(Path, "model.json");
        JsonNode description = JsonNode.Parse(File.ReadAllText(file))!;
        description[part]![member] = JsonNode.Parse(value);
        File.WriteAllText(file, description.ToJsonString());

        ModelException problem = Assert.Throws<ModelException>(() => ExportedNetwork.Open(Path));

        Assert.Contains("model.json, " + part, problem.Message, StringComparison.Ordinal);
        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    private void Refused<T>(ExportOptions options, string message)
        where T : Exception
    {
        using ExportedNetwork network = ExportedNetwork.Open(Path);
        T problem = Assert.Throws<T>(() => network.Write(options, network.Preparation, "sha256:0"));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    private void CheckReconstruction(ExportOptions options, int clips, int decoder = 0)
    {
        using AutoencoderModel network = AutoencoderModel.Load(Path, Torch);
        byte[] video = TinyNetworks.Clips(clips);

        // Other tokens of each clip, not in ascending order.
        int[][] visible = [.. Enumerable.Range(0, clips).Select(clip => new[] { 5, (clip + 6) % 8, clip })];
        (float[] predicted, byte[] pictures) = network.Reconstruct(video, visible, decoder);

        Dictionary<string, float[]> found = Run(options, video, clips, [.. visible.SelectMany(row => row.Select(token => (long)token))], "predicted", "picture");

        float[][] tokens = [.. found["predicted"].Chunk(Shape.CubeValues)];
        IEnumerable<int> hidden = Enumerable.Range(0, clips * Shape.Tokens).Where(token => !visible[token / Shape.Tokens].Contains(token % Shape.Tokens));
        Close(predicted, [.. hidden.SelectMany(token => tokens[token])]);

        // A value halfway between two bytes may be rounded either way.
        Assert.Equal(pictures.Length, found["picture"].Length);
        Assert.All(pictures.Zip(found["picture"]), pair => Assert.InRange(pair.Second - pair.First, -1, 1));
        Assert.InRange(pictures.Zip(found["picture"]).Count(pair => pair.First != pair.Second), 0, pictures.Length / 1000);
    }
}
