using System.Text.Json.Nodes;

namespace Unreel.Onnx.Tests;

public sealed class ModelContractTests
{
    private const string Minimal = """
        {"version":1,"labels":["a","b"],"input":{"frames":16,"height":224,"width":224},"preparation":{"stride":4},"weights":"sha256:00"}
        """;

    [Fact]
    public void A_contract_reads_back_as_it_was_written()
    {
        ModelContract contract = TinyClassifier.Contract() with
        {
            Precision = "int8_static",
            Flavour = "ort",
            Batch = 1,
            Parity = new ParityRecord(1e-3, 2.5e-5, 1, 12, [1, 2, 4]) { MeanDifference = 1e-6, Worst = new Dictionary<string, double> { ["cpu"] = 2.5e-5, ["batch 2"] = 1e-5 } },
            Accuracy = new AccuracyRecord("weizmann", 27, 0.75, 1) { NetworkTop1 = 0.75 },
        };

        ModelContract read = ModelContract.Parse(contract.ToJson());

        Assert.Equal(contract.ToJson(), read.ToJson());
        Assert.Equal(contract.Labels, read.Labels);
        Assert.Equal(contract.Input, read.Input);
        Assert.Equal("centre", (string?)read.Preparation["crop"]);
        Assert.Equal([1, 2, 4], read.Parity!.Batches);
        Assert.Equal(contract.Accuracy, read.Accuracy);
        Assert.Equal(("int8_static", "ort", 1), (read.Precision, read.Flavour, read.Batch));
        Assert.Equal(1e-5, read.Parity.Worst!["batch 2"]);
    }

    [Fact]
    public void Documents_of_version_1_are_classifiers_of_floats_and_are_written_as_version_2()
    {
        ModelContract contract = ModelContract.Parse(Minimal.Replace(
            "\"weights\"",
            "\"parity\":{\"tolerance\":0.001,\"largest_difference\":4e-7,\"top1_agreement\":1,\"clips\":32,\"batches\":[1,2,4]},\"accuracy\":{\"dataset\":\"d\",\"videos\":9,\"top1\":0.5,\"top5\":1},\"weights\"",
            StringComparison.Ordinal));

        Assert.Equal((GraphKind.Classifier, "fp32", null, null), (contract.Graph, contract.Precision, contract.Flavour, contract.Batch));
        Assert.Equal((4e-7, null, null), (contract.Parity!.LargestDifference, contract.Parity.MeanDifference, contract.Parity.Worst));
        Assert.Null(contract.Accuracy!.NetworkTop1);
        Assert.StartsWith("{\"version\":2,\"graph\":\"classifier\",\"precision\":\"fp32\"", contract.ToJson(), StringComparison.Ordinal);
        Assert.Equal(contract.ToJson(), ModelContract.Parse(contract.ToJson()).ToJson());
    }

    [Fact]
    public void Graphs_without_classes_have_no_labels()
    {
        ModelContract contract = TinyClassifier.Contract() with { Graph = GraphKind.Keys, KeysLayer = 3, Labels = [] };

        ModelContract read = ModelContract.Parse(contract.ToJson());

        Assert.Equal((GraphKind.Keys, 3, 0), (read.Graph, read.KeysLayer, read.Labels.Count));
    }

    [Fact]
    public void Every_name_is_in_snake_case()
    {
        ModelContract contract = TinyClassifier.Contract() with
        {
            Parity = new ParityRecord(1e-3, 2.5e-5, 1, 12, [1])
            {
                MeanDifference = 1e-6,
                MinTop1Agreement = 1,
                MaxAccuracyLoss = 0.25,
                AccuracyLoss = 0.125,
                Worst = new Dictionary<string, double> { ["cpu"] = 1e-6 },
                Outputs = new Dictionary<string, OutputParity> { ["logits"] = new(1e-3, 2.5e-5), ["features"] = new(null, 0.5) },
            },
            Accuracy = new AccuracyRecord("d", 1, 1, 1) { NetworkTop1 = 1 },
        };

        JsonObject json = JsonNode.Parse(contract.ToJson())!.AsObject();

        Assert.Equal(["version", "graph", "precision", "labels", "input", "preparation", "weights", "parity", "accuracy"], json.Select(member => member.Key));
        Assert.Equal(["tolerance", "largest_difference", "top1_agreement", "clips", "batches", "mean_difference", "min_top1_agreement", "max_accuracy_loss", "accuracy_loss", "outputs", "worst"], json["parity"]!.AsObject().Select(member => member.Key));
        Assert.Equal("{\"largest_difference\":0.5}", json["parity"]!["outputs"]!["features"]!.ToJsonString());
        Assert.Equal(contract.ToJson(), ModelContract.Parse(contract.ToJson()).ToJson());
        Assert.Equal(["dataset", "videos", "top1", "top5", "network_top1"], json["accuracy"]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void What_was_not_measured_is_left_out()
    {
        ModelContract contract = ModelContract.Parse(Minimal);

        Assert.Null(contract.Parity);
        Assert.Null(contract.Accuracy);
        Assert.DoesNotContain("parity", contract.ToJson(), StringComparison.Ordinal);
        Assert.Equal(["version", "graph", "precision", "labels", "input", "preparation", "weights"], JsonNode.Parse(contract.ToJson())!.AsObject().Select(member => member.Key));
        Assert.Equal(16 * 224 * 224 * 3, contract.Input.ClipBytes);
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":3", "version: expected 1 to 2, found 3")]
    [InlineData("\"version\":1", "\"version\":2", "graph: expected, found nothing")]
    [InlineData("\"version\":1", "\"version\":1,\"graph\":\"classifier\"", "graph: unknown member")]
    [InlineData("\"version\":1", "\"version\":2,\"graph\":\"Classifier\",\"precision\":\"fp32\"", "graph: expected one of classifier, encoder, keys, reconstruction, found the text 'Classifier'")]
    [InlineData("\"version\":1", "\"version\":2,\"graph\":\"keys\",\"precision\":\"fp32\"", "keys_layer: expected, found nothing")]
    [InlineData("\"version\":1", "\"version\":2,\"graph\":\"encoder\",\"keys_layer\":1,\"precision\":\"fp32\"", "keys_layer: expected nothing where no keys are given, found 1")]
    [InlineData("\"version\":1", "\"version\":2,\"graph\":\"classifier\"", "precision: expected, found nothing")]
    [InlineData("\"version\":1", "\"version\":2,\"graph\":\"classifier\",\"precision\":\"fp32\",\"batch\":0", "batch: expected an integer of at least 1, found 0")]
    [InlineData("\"version\":1", "\"version\":2,\"graph\":\"classifier\",\"precision\":\"fp32\",\"open\":[\"rows\"]", "open[0]: expected frames, height or width, each once at most, found 'rows'")]
    [InlineData("\"version\":1", "\"version\":\"1\"", "version: expected an integer of at least 0, found the text '1'")]
    [InlineData("\"version\":1,", "", "version: expected, found nothing")]
    [InlineData("\"labels\":[\"a\",\"b\"],", "", "labels: expected, found nothing")]
    [InlineData("[\"a\",\"b\"]", "[]", "labels: expected at least one name, found none")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",3]", "labels[1]: expected a text, found 3")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\" \"]", "labels[1]: expected a text, found a blank one")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\"a\"]", "labels: 'a' is there twice")]
    [InlineData("[\"a\",\"b\"]", "{}", "labels: expected a list of names, found an object")]
    [InlineData("\"frames\":16", "\"frames\":0", "input.frames: expected an integer of at least 1, found 0")]
    [InlineData("\"frames\":16", "\"frames\":1.5", "input.frames: expected an integer of at least 1, found 1.5")]
    [InlineData("\"frames\":16,", "", "input.frames: expected, found nothing")]
    [InlineData("\"frames\":16", "\"frames\":16,\"fps\":25", "input.fps: unknown member")]
    [InlineData("{\"stride\":4}", "null", "preparation: expected an object, found null")]
    [InlineData("\"sha256:00\"", "\"\"", "weights: expected a text, found a blank one")]
    [InlineData("\"sha256:00\"", "7", "weights: expected a text, found 7")]
    [InlineData("\"weights\"", "\"wieghts\"", "wieghts: unknown member")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1", "is not JSON")]
    [InlineData("}", "", "is not JSON")]
    [InlineData("\"weights\"", "\"parity\":{},\"weights\"", "parity.batches: expected, found nothing")]
    [InlineData("\"weights\"", "\"accuracy\":{\"dataset\":\"d\",\"videos\":1,\"top1\":2,\"top5\":1},\"weights\"", "accuracy.top1: expected a number from 0 to 1, found 2")]
    public void A_bad_contract_is_refused(string original, string replacement, string complaint)
    {
        string json = Minimal.Replace(original, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Minimal, json);

        var exception = Assert.Throws<ContractException>(() => ModelContract.Parse(json));

        Assert.StartsWith($"Contract {complaint}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    public void What_is_no_object_is_refused(string json) =>
        Assert.Throws<ContractException>(() => ModelContract.Parse(json));
}
