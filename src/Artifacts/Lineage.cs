using System.Text.Json.Nodes;

namespace Unreel.Artifacts;

/// <summary>
/// Where an artifact came from; the config of its manifest. It holds only what is a function of the work
/// (the same work twice gives the same digest); times and machine are kept in a run record, see <see cref="RunRecord"/>.
/// </summary>
public sealed record Lineage
{
    /// <summary>The stage that made it, e.g. <c>pretrain</c>; <c>put</c> for files brought by hand.</summary>
    public required string Stage { get; init; }

    /// <summary>The stage's version: raised when the same options give other bytes.</summary>
    public int StageVersion { get; init; } = 1;

    /// <summary>The digest that stage, version, options and inputs hash to, or null for files brought by hand.</summary>
    public Digest? Key { get; init; }

    /// <summary>The options, defaults included, without secrets.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>What it was made from, by the name of the option that named it.</summary>
    public IReadOnlyList<LineageInput> Inputs { get; init; } = [];

    /// <summary>The version of Unreel.</summary>
    public string? Code { get; init; }

    /// <summary><c>system</c> or <c>nuget</c> with the versions of the libraries.</summary>
    public string? Runtime { get; init; }

    /// <summary>The device computed on, e.g. <c>cpu</c>.</summary>
    public string? Device { get; init; }

    /// <summary>The seed, where the stage has one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Figures that the work determines (loss, accuracy), by name.</summary>
    public SortedDictionary<string, double> Metrics { get; init; } = [];

    /// <summary>Reads a lineage as it is stored.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="what">What messages call it.</param>
    /// <exception cref="StoreException">It is none.</exception>
    public static Lineage Read(ReadOnlySpan<byte> bytes, string what)
    {
        Lineage lineage = CanonicalJson.Read<Lineage>(bytes, what);
        CanonicalJson.Filled(lineage.Inputs, what);
        return lineage.Inputs.All(input => input is { Option: not null, Reference: not null } && input.Digest != default)
            ? lineage
            : throw new StoreException($"{what} names an input without option, reference or digest.");
    }
}

/// <summary>One input of a stage.</summary>
/// <param name="Option">The option that named it.</param>
/// <param name="Reference">An <see cref="ArtifactRef"/> as text, or <c>folder:NAME</c> for a folder of the user's.</param>
/// <param name="Digest">The manifest's digest, or that of the folder's listing.</param>
public sealed record LineageInput(string Option, string Reference, Digest Digest);

/// <summary>When and where a piece of work was done: a referrer of the artifact, never part of its identity.</summary>
public sealed record RunRecord
{
    /// <summary>The artifact type of the manifest that carries run records.</summary>
    public const string ArtifactType = "application/vnd.unreel.run.v1";

    /// <summary>The media type of the document itself.</summary>
    public const string MediaType = "application/vnd.unreel.run.v1+json";

    /// <summary>When the work began (UTC).</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>Processor, cores, memory and operating system, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>Figures that depend on the machine (clips a second, peak memory), by name.</summary>
    public SortedDictionary<string, double> Figures { get; init; } = [];
}
