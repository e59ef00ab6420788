using Unreel.Pipelines;

namespace Unreel.Serve.Tests;

public sealed class ServeArgumentsTests
{
    [Fact]
    public void Arguments_become_options()
    {
        ServeArguments arguments = ServeArguments.Parse(
            ["--model", "onnx/a:b", "--port", "9", "--host", "*", "--max-body-mb", "3", "--deadline-seconds", "7", "--store", "here"],
            name => name == "UNREEL_KEYS" ? "0123456789abcdef" : null);

        Assert.Equal(("onnx/a:b", 9, "*", 3L << 20, TimeSpan.FromSeconds(7)), (arguments.Options.Model, arguments.Options.Port, arguments.Options.Host, arguments.Options.MaxBodyBytes, arguments.Options.Deadline));
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
    public void Wrong_arguments_are_named(string expected, params string[] args)
    {
        UsageException problem = Assert.Throws<UsageException>(() => ServeArguments.Parse(args, _ => null));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
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
