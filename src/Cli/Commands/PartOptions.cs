using System.CommandLine;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>The options of <c>unreel run</c> that are for parts of a stage.</summary>
internal sealed class PartOptions
{
    private readonly Option<string?> _shard = new("--shard")
    {
        Description = "Do only a part of the stage that --only names, and keep its files in the store: I/N with I from 0, auto (Slurm's arrays), or auto/N (those, or JOB_COMPLETION_INDEX).",
        HelpName = "I/N",
    };

    private readonly Option<int?> _parts = new("--parts")
    {
        Description = "Put the stage that --only names together from its N parts, which must all be there. Without it, parts are used where all are there.",
        HelpName = "N",
    };

    public void AddTo(Command command)
    {
        command.Add(_shard);
        command.Add(_parts);
    }

    /// <summary>The settings with what was said of parts.</summary>
    public RunSettings Apply(RunSettings settings, ParseResult parsed) => settings with
    {
        Shard = parsed.GetValue(_shard) is { } text ? ShardText.Parse(text, Environment.GetEnvironmentVariable) : null,
        Parts = parsed.GetValue(_parts),
    };
}
