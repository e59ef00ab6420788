using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class ServeArgumentsTests
{
    [Fact]
    public void Arguments_become_options()
    {
        ServeArguments arguments = ServeArguments.Parse(
            ["--model", "onnx/a:b", "--port", "9", "--host", "*", "--max-body-mb", "3", "--deadline", "7.5", "--store", "here"],
            name => name == "UNREEL_KEYS" ? "0123456789abcdef" : null);

        Assert.Equal(("onnx/a:b", 9, "*", 3L << 20, TimeSpan.FromSeconds(7.5)), (arguments.Options.Models[0].Reference, arguments.Options.Port, arguments.Options.Host, arguments.Options.MaxBodyBytes, arguments.Options.Deadline));
        Assert.Equal(["0123456789abcdef"], arguments.Options.Keys);
        Assert.Equal("here", arguments.Store);
    }

    [Theory]
    [InlineData("no --model")]
    [InlineData("'x' is no option", "x")]
    [InlineData("--what is unknown", "--model", "m", "--what", "x")]
    [InlineData("--model has no value", "--model")]
    [InlineData("--model is given twice", "--model", "a", "--model", "b")]
    [InlineData("--port is 'x'; expected a whole number", "--model", "m", "--port", "x")]
    [InlineData("--port is '1.5'; expected a whole number", "--model=m", "--port=1.5")]
    [InlineData("--deadline is 'NaN'; expected a number of seconds", "--model", "m", "--deadline", "NaN")]
    [InlineData("--deadline is '1e300'; expected a number of seconds", "--model", "m", "--deadline", "1e300")]
    [InlineData("--model is given twice", "--model", "a", "-m", "b")]
    public void Wrong_arguments_are_named(string expected, params string[] args)
    {
        UsageException problem = Assert.Throws<UsageException>(() => ServeArguments.Parse(args, _ => null));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_one_that_there_is()
    {
        UsageException problem = Assert.Throws<UsageException>(() => Models.OnnxModelLoader.OptionsOf(1, "gpu"));
        OnnxModelOptions cuda = Models.OnnxModelLoader.OptionsOf(2, "cuda:1,cpu");

        Assert.StartsWith("'gpu' is no device; expected cpu, cuda, or cuda:1", problem.Message, StringComparison.Ordinal);
        Assert.Equal((OnnxDevice.Cuda, 1, true, 2), (cuda.Device, cuda.DeviceId, cuda.AllowCpuFallback, cuda.Threads));
        Assert.Equal("cpu", ServeArguments.Parse(["--model", "m"], _ => null).Options.Device);
    }

    [Fact]
    public void A_name_and_its_value_may_be_one_word() =>
        Assert.Equal(("onnx/a:b", 9), (ServeArguments.Parse(["--model=onnx/a:b", "--port=9"], _ => null).Options.Models[0].Reference, ServeArguments.Parse(["-m", "x", "--port", "9"], _ => null).Options.Port));

    [Fact]
    public void Memory_of_the_GPU_is_said_in_mebibytes()
    {
        Assert.Equal(512L << 20, ServeArguments.Parse(["--model", "m", "--gpu-memory-mb", "512"], _ => null).Options.GpuMemoryLimit);
        Assert.Null(ServeArguments.Parse(["--model", "m"], _ => null).Options.GpuMemoryLimit);
    }

    [Fact]
    public void The_names_are_those_of_the_unreel_command()
    {
        string command = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", "Cli", "Commands", "ServeCommand.cs"));

        string[] names = [.. Regex.Matches(command, "new\\(\"(--[a-z-]+)\"").Select(match => match.Groups[1].Value), "--store"];

        Assert.Equal(names.Order(StringComparer.Ordinal), ServeArguments.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_store_is_the_one_named_else_the_environments_else_the_nearest_above()
    {
        using TemporaryFolder folder = new();
        string deep = Directory.CreateDirectory(folder.File("a", "b")).FullName;
        string? StoreOf(string? variable, params string[] more) => ServeArguments.Parse(["--model", "m", .. more], name => name == "UNREEL_STORE" ? variable : null, deep).Store;

        Assert.Null(StoreOf(null));
        string near = Directory.CreateDirectory(folder.File("a", ".unreel")).FullName;
        Directory.CreateDirectory(folder.File(".unreel"));
        Assert.Equal(near, StoreOf(null));
        Assert.Equal(near, StoreOf(""));
        Assert.Equal("there", StoreOf("there"));
        Assert.Equal("here", StoreOf("there", "--store", "here"));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Every_error_has_its_exit_code(Exception error, int code)
    {
        (string message, int found) = ServeErrors.Explain(error);

        Assert.Equal(code, found);
        Assert.Equal(error is OperationCanceledException ? "cancelled" : error.Message, message);
    }

    public static TheoryData<Exception, int> Errors => new()
    {
        { new UsageException("wrong"), 2 },
        { new ArtifactNotFoundException("onnx/a:b", "here"), 2 },
        { new VideoException("bad video"), 2 },
        { new OnnxModelException("m", "is empty"), 2 },
        { new ContractException("is not JSON"), 2 },
        { new IOException("disk full"), 1 },
        { new UnauthorizedAccessException("no"), 1 },
        { new StoreUnreachableException("here", "down"), 1 },
        { new OperationCanceledException(), 130 },
    };

    [Fact]
    public void Our_own_mistakes_come_with_their_trace()
    {
        (string message, int code) = ServeErrors.Explain(Assert.Throws<InvalidOperationException>(() => Enumerable.Empty<int>().First()));

        Assert.Equal(1, code);
        Assert.Contains("   at ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_tells_mistakes_in_one_line_with_exit_code_2()
    {
        StringWriter error = new();

        Assert.Equal(ExitCodes.Usage, await ServeProgram.RunAsync(["--model", "absent.onnx", "--port", "0"], _ => null, error));
        Assert.Single(error.ToString().Trim().Split('\n'));
        Assert.Contains("absent.onnx", error.ToString(), StringComparison.Ordinal);
    }
}
