namespace Unreel.Onnx.Tests;

public sealed class WeightTests
{
    [Fact]
    public void A_missing_weight_is_named()
    {
        var exception = Assert.Throws<WeightException>(() => Write(TinyClassifier.Shape with { Depth = 3 }, TinyClassifier.Weights()));

        Assert.Equal("Weight 'blocks.2.norm1.weight': expected shape [12], found no weight of that name", exception.Message);
        Assert.Equal("blocks.2.norm1.weight", exception.Name);
    }

    [Fact]
    public void A_weight_of_another_shape_is_named()
    {
        ClassifierShape shape = TinyClassifier.Shape;

        var exception = Assert.Throws<WeightException>(() => Write(shape with { Hidden = 24 }, TinyClassifier.Weights()));

        Assert.Equal("Weight 'blocks.0.mlp.fc1.weight': expected shape [24, 12], found [48, 12]", exception.Message);
    }

    [Fact]
    public void A_weight_left_over_is_named()
    {
        var exception = Assert.Throws<WeightException>(() => Write(TinyClassifier.Shape with { Depth = 1 }, TinyClassifier.Weights()));

        Assert.StartsWith("Weight 'blocks.1.attn.proj.bias': the network has no place for it", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_do_not_fill_the_shape_are_refused() =>
        Assert.Throws<WeightException>(() => new WeightSet().Add("w", [2, 2], new float[3]));

    [Fact]
    public void A_name_used_twice_is_refused()
    {
        var weights = new WeightSet();
        weights.Add("w", [1], new float[1]);

        Assert.Throws<WeightException>(() => weights.Add("w", [1], new float[1]));
    }

    public static TheoryData<ClassifierShape, string> BadShapes => new()
    {
        { TinyClassifier.Shape with { Frames = 3 }, "frames 3 must be a multiple of tubelet 2" },
        { TinyClassifier.Shape with { Size = 20 }, "size 20 must be a multiple of patch 8" },
        { TinyClassifier.Shape with { Heads = 5 }, "width 12 must be a multiple of heads 5" },
        { TinyClassifier.Shape with { Depth = 0 }, "every size must be positive" },
        { TinyClassifier.Shape with { Mean = [0.5f] }, "mean and std need 3 values each" },
        { TinyClassifier.Shape with { Std = [1, 0, 1] }, "std must be positive" },
    };

    [Theory]
    [MemberData(nameof(BadShapes))]
    public void Sizes_that_do_not_fit_are_refused(ClassifierShape shape, string rule)
    {
        var exception = Assert.Throws<ArgumentException>(() => Write(shape, TinyClassifier.Weights()));

        Assert.Contains(rule, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contract_for_another_network_is_refused()
    {
        ModelContract contract = TinyClassifier.Contract();

        Assert.Throws<ContractException>(() => ClassifierGraph.Write(TinyClassifier.Shape, TinyClassifier.Weights(), contract with { Labels = ["one"] }));
        Assert.Throws<ContractException>(() => ClassifierGraph.Write(TinyClassifier.Shape, TinyClassifier.Weights(), contract with { Input = new InputGeometry(8, 16, 16) }));
    }

    private static OnnxDocument Write(ClassifierShape shape, WeightSet weights) =>
        ClassifierGraph.Write(shape, weights, TinyClassifier.Contract());
}
