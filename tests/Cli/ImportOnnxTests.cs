using System.Text.Json.Nodes;
using Unreel.Onnx;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>Classifiers that torch.onnx exports come in and are scored and served like our own.</summary>
public sealed class ImportOnnxTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ProgramTheory(Python, "-c", "import torch, numpy")]
    [InlineData("open", "any number at a time; gives logits")]
    [InlineData("fixed", "1 at a time; gives logits")]
    [InlineData("softmax", "1 at a time; gives probabilities")]
    public async Task What_torch_exports_is_scored_as_torch_says(string kind, string told)
    {
        ForeignTorch.Write(_folder, kind);
        await File.WriteAllTextAsync(_folder.File("labels.txt"), "walk\nrun\njump\nwave\n");
        ForeignTorch.WriteVideo(_folder.File("videos", "clip.mp4"));

        ProgramResult imported = await RunAsync("import", "onnx", "foreign.onnx", "--as", "onnx/foreign", "--labels", "labels.txt", "--stride", "1");
        ProgramResult scored = await RunAsync("score", "--model", "onnx/foreign", "--videos", "videos", "--out", "scores.jsonl", "--top-k", "4");

        Assert.True((imported.Code, scored.Code) == (0, 0), $"{imported}{scored}");
        Assert.Contains($"clips of 8 frames of 32 x 32 as bcthw, {told} of 4 labels", imported.Error, StringComparison.Ordinal);
        double[] expected = ForeignTorch.Ask(_folder, _folder.File("videos", "clip.mp4"));
        double[] found = Probabilities(JsonNode.Parse(File.ReadLines(_folder.File("scores.jsonl")).First())!);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 2e-3));
    }

    [ProgramFact(Python, "-c", "import torch, numpy")]
    public async Task The_artifact_says_where_it_came_from()
    {
        ForeignTorch.Write(_folder, "labelled");

        ProgramResult imported = await RunAsync("import", "onnx", "foreign.onnx", "--name", "foreign:v1", "--json");
        ProgramResult shown = await RunAsync("artifacts", "show", "onnx/foreign:v1", "--json");

        Assert.True((imported.Code, shown.Code) == (0, 0), $"{imported}{shown}");
        Assert.Equal(4, (int)JsonNode.Parse(imported.Output)!["labels"]!);
        Assert.Contains("\"format\":\"onnx\"", shown.Output, StringComparison.Ordinal);
        Assert.Contains("\"source\":\"foreign.onnx\"", shown.Output, StringComparison.Ordinal);
        Assert.Contains("test_data_set_0/output_1.pb", shown.Output, StringComparison.Ordinal);
    }

    // The model's own file stays as it is: only the weights beside it change.
    [ProgramFact(Python, "-c", "import torch, numpy")]
    public async Task Weights_in_files_of_their_own_are_part_of_where_it_came_from()
    {
        ForeignTorch.Write(_folder, "labelled");
        OnnxDocument.Read(_folder.File("foreign.onnx")).Save(_folder.File("apart.onnx"), externalAbove: 0);
        string first = await DigestAsync();
        byte[] weights = await File.ReadAllBytesAsync(_folder.File("apart.onnx.data"));
        weights[0] ^= 1;
        await File.WriteAllBytesAsync(_folder.File("apart.onnx.data"), weights);

        Assert.NotEqual(first, await DigestAsync());

        async Task<string> DigestAsync()
        {
            ProgramResult imported = await RunAsync("import", "onnx", "apart.onnx", "--name", "apart");
            Assert.True(imported.Code == 0, imported.ToString());
            ProgramResult shown = await RunAsync("artifacts", "show", "onnx/apart", "--json");
            return (string)JsonNode.Parse(shown.Output)!["lineage"]!["options"]!["digest"]!;
        }
    }

    [ProgramFact(Python, "-c", "import torch, numpy")]
    public async Task Mistakes_end_with_2_and_publish_nothing()
    {
        ForeignTorch.Write(_folder, "fixed");
        await File.WriteAllTextAsync(_folder.File("three.txt"), "a\nb\nc\n");
        await File.WriteAllTextAsync(_folder.File("text.onnx"), "no model");
        (string Arguments, string Named)[] mistakes =
        [
            ("foreign.onnx --as onnx/x", "has no labels in its metadata; expected --labels FILE"),
            ("foreign.onnx --as onnx/x --labels three.txt", "has 4 classes in 'logits', but there are 3 labels"),
            ("foreign.onnx --as onnx/x --labels none.txt", "none.txt"),
            ("foreign.onnx --as weights/x --labels three.txt", "expected onnx/NAME"),
            ("foreign.onnx --as onnx/x --labels three.txt --mean 1,2", "needs 3 numbers each"),
            ("foreign.onnx --as onnx/x --labels three.txt --mean a,b,c", "--mean is 'a,b,c'"),
            ("foreign.onnx --as onnx/x --labels three.txt --layout xyz", "'xyz' (--layout)"),
            ("foreign.onnx --as onnx/x --labels three.txt --frames 0", "--frames is 0"),
            ("absent.onnx --as onnx/x", "'absent.onnx' does not exist"),
            ("text.onnx --as onnx/x", "'text.onnx'"),
        ];

        foreach ((string arguments, string named) in mistakes)
        {
            ProgramResult result = await RunAsync(["import", "onnx", .. arguments.Split(' ')]);
            Assert.True(result.Code == 2, $"{arguments}: {result}");
            Assert.Contains(named, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_folder.File(".unreel", "tags", "onnx")));
    }

    private static double[] Probabilities(JsonNode row)
    {
        string[] order = ["walk", "run", "jump", "wave"];
        double[] found = new double[order.Length];
        foreach (JsonNode? label in row["predictions"]!.AsArray())
            found[Array.IndexOf(order, (string)label!["label"]!)] = (double)label["probability"]!;

        return found;
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => UnreelProgram.RunAsync(_folder.Path, arguments);
}
