using System.Diagnostics;
using System.Text.Json;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

public sealed class BenchTests
{
    [Fact]
    public async Task Figures_are_one_object_a_line()
    {
        using TemporaryFolder folder = new();
        using Process process = UnreelProgram.Start(folder.Path, "bench", "synthesize", "--json");
        Task<string> error = process.StandardError.ReadToEndAsync();

        // The others are as this one, and take their time.
        string? line = await process.StandardOutput.ReadLineAsync();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();

        Assert.True(line is not null, await error);
        using JsonDocument figure = JsonDocument.Parse(line);
        Assert.Equal(["bench", "case", "value", "unit", "config"], figure.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("synthesize", "ms/clip"), (figure.RootElement.GetProperty("bench").GetString(), figure.RootElement.GetProperty("unit").GetString()));
        Assert.True(figure.RootElement.GetProperty("value").GetDouble() > 0);
        Assert.All(figure.RootElement.GetProperty("config").EnumerateObject(), member => Assert.Equal(JsonValueKind.String, member.Value.ValueKind));
        Assert.All(["machine", "code", "preset", "threads"], key => Assert.True(figure.RootElement.GetProperty("config").TryGetProperty(key, out _), key));
    }
}
