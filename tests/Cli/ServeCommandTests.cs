using Unreel.Cli.Commands;
using Unreel.Serve;

namespace Unreel.Cli.Tests;

public sealed class ServeCommandTests
{
    [Fact]
    public void The_options_are_those_of_the_server_s_own_program() =>
        Assert.Equal(
            ServeArguments.Names.Order(StringComparer.Ordinal),
            ServeCommand.Create().Options.Select(option => option.Name).Where(name => name != "--help").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Help_is_that_of_the_server_s_own_program()
    {
        ProgramResult result = await UnreelProgram.RunAsync(Path.GetTempPath(), "serve", "--help");

        Assert.Equal((0, ServeHelp.Text("unreel serve")), (result.Code, result.Output));
    }

    [Theory]
    [InlineData("There is no --model")]
    [InlineData("--port is 70000; expected 0 to 65535", "--model", "m", "--port", "70000")]
    [InlineData("--port is given twice", "--model", "m", "--port", "1", "--port", "2")]
    [InlineData("The file of keys absent cannot be read", "--model", "m.onnx", "--keys-file", "absent")]
    public async Task What_is_wrong_is_said_as_by_the_server_s_own_program(string expected, params string[] arguments)
    {
        ProgramResult result = await UnreelProgram.RunAsync(Path.GetTempPath(), ["serve", .. arguments]);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }
}
