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
            Parity = new ParityRecord(1e-3, 2.5e-5, 1, 12, [1, 2, 4]),
            Accuracy = new AccuracyRecord("weizmann", 27, 0.75, 1),
        };

        ModelContract read = ModelContract.Parse(contract.ToJson());

        Assert.Equal(contract.ToJson(), read.ToJson());
        Assert.Equal(contract.Labels, read.Labels);
        Assert.Equal(contract.Input, read.Input);
        Assert.Equal("centre", (string?)read.Preparation["crop"]);
        Assert.Equal([1, 2, 4], read.Parity!.Batches);
        Assert.Equal(contract.Accuracy, read.Accuracy);
    }

    [Fact]
    public void Every_name_is_in_snake_case()
    {
        ModelContract contract = TinyClassifier.Contract() with { Parity = new ParityRecord(1e-3, 2.5e-5, 1, 12, [1]), Accuracy = new AccuracyRecord("d", 1, 1, 1) };

        JsonObject json = JsonNode.Parse(contract.ToJson())!.AsObject();

        Assert.Equal(["version", "labels", "input", "preparation", "weights", "parity", "accuracy"], json.Select(member => member.Key));
        Assert.Equal(["tolerance", "largest_difference", "top1_agreement", "clips", "batches"], json["parity"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["dataset", "videos", "top1", "top5"], json["accuracy"]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void What_was_not_measured_is_left_out()
    {
        ModelContract contract = ModelContract.Parse(Minimal);

        Assert.Null(contract.Parity);
        Assert.Null(contract.Accuracy);
        Assert.DoesNotContain("parity", contract.ToJson(), StringComparison.Ordinal);
        Assert.Equal(["version", "labels", "input", "preparation", "weights"], JsonNode.Parse(contract.ToJson())!.AsObject().Select(member => member.Key));
        Assert.Equal(16 * 224 * 224 * 3, contract.Input.ClipBytes);
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "version: expected 1, found 2")]
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
