using System.Text.Json.Nodes;

namespace Unreel.Serve.Tests;

/// <summary>A server-sent event, read.</summary>
internal sealed record ServerEvent(string Name, JsonNode Data)
{
    /// <summary>Reads events from text; comments are passed over.</summary>
    public static IReadOnlyList<ServerEvent> Parse(string text) =>
        [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(block => block[0] != ':').Select(Read)];

    /// <summary>Reads one event from a stream; null at its end.</summary>
    public static async Task<ServerEvent?> NextAsync(StreamReader reader)
    {
        List<string> lines = [];
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (line.Length > 0 && line[0] != ':')
                lines.Add(line);
            if (line.Length == 0 && lines.Count > 0)
                return Read(string.Join('\n', lines));
        }

        return null;
    }

    private static ServerEvent Read(string block)
    {
        string[] lines = block.Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
        return new ServerEvent(lines[0][7..], JsonNode.Parse(lines[1][6..])!);
    }
}
