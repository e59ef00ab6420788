using Unreel.Artifacts;
using Unreel.Cli.Hosting;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Cli.Tests;

public sealed class ErrorMapTests
{
    public static TheoryData<Exception, int> Explained { get; } = new()
    {
        { new UsageException("a"), 2 },
        { new ModelException("b"), 2 },
        { new NonFiniteException("loss", 3, ["1"]), 1 },
        { new ArtifactNotFoundException("onnx/none", "here"), 2 },
        { new OpsetException("too old"), 2 },
        { new GraphException("ours"), 1 },
        { new StoreException("c"), 1 },
        { new IOException("d"), 1 },
        { new GateRefusedException("e"), 3 },
        { new TooManyBadItemsException("f"), 4 },
        { new OperationCanceledException(), 130 },
    };

    [Theory]
    [MemberData(nameof(Explained))]
    public void Each_kind_of_error_has_its_exit_code(Exception error, int code)
    {
        Assert.True(ErrorMap.TryExplain(error, out IReadOnlyList<string>? lines, out int found));
        Assert.Equal(code, found);
        Assert.Single(lines);
    }

    [Fact]
    public void Problems_of_a_file_are_a_line_each()
    {
        ConfigurationException error = new([new Problem("a.yaml:1:1", "one"), new Problem("a.yaml:2:1", "two")]);

        Assert.True(ErrorMap.TryExplain(error, out IReadOnlyList<string>? lines, out _));
        Assert.Equal(["a.yaml:1:1: one", "a.yaml:2:1: two"], lines);
    }

    [Fact]
    public void What_nobody_foresaw_is_not_explained_away() =>
        Assert.False(ErrorMap.TryExplain(new InvalidOperationException("ours"), out _, out _));
}
