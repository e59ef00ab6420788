using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Modeling;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel import weights</c>.</summary>
internal static class ImportWeightsCommand
{
    private const string Anything = "; a * at the end stands for any ending. May be repeated.";

    private static readonly Argument<string> Path = new("path")
    {
        Description = "A .pth or .safetensors file, or a folder with weights and their config.json or model.json. Pickles are read as data; nothing in them is run.",
    };

    private static readonly Option<string> Name = new("--as") { Description = "What to call it: weights/NAME[:TAG]; the tag defaults to latest.", HelpName = "REFERENCE", Required = true };
    private static readonly Option<string?> Labels = new("--labels") { Description = "A text file with a classifier's labels, one a line, in the order of its logits.", HelpName = "FILE" };
    private static readonly Option<string[]> AllowMissing = new("--allow-missing") { Description = "A tensor that may be missing and is initialised" + Anything, HelpName = "NAME", DefaultValueFactory = _ => [] };
    private static readonly Option<string[]> AllowSurplus = new("--allow-surplus") { Description = "A tensor without a place in the model that is left out" + Anything, HelpName = "NAME", DefaultValueFactory = _ => [] };
    private static readonly Option<int?> Frames = new("--frames") { Description = "Frames of a clip that the model shall take. Default: those it was trained on." };
    private static readonly Option<int?> ImageSize = new("--image-size") { Description = "Side of the frames, in pixels, that the model shall take. Default: the one it was trained on." };
    private static readonly Option<int?> SourceFrames = new("--source-frames") { Description = "Frames that a .pth was trained on. Default: the preset's of the same width and depth, or 16." };
    private static readonly Option<int?> SourceImageSize = new("--source-image-size") { Description = "Side of the frames that a .pth was trained on. Default: the preset's, or 224." };
    private static readonly Option<int?> Heads = new("--heads") { Description = "Attention heads of the encoder. Default: the config's or the preset's." };
    private static readonly Option<int?> DecoderHeads = new("--decoder-heads") { Description = "Attention heads of the decoder. Default: the config's or the preset's." };
    private static readonly Option<string> PositionsOption = new("--positions")
    {
        Description = "For other frames or another size: recompute the sinusoid, or interpolate it so that a place keeps its meaning. Learnt positions are always interpolated.",
        DefaultValueFactory = _ => "recompute",
    };

    private static readonly Option<int?> Stride = new("--stride") { Description = "Steps between a classifier's frames. Default 4." };
    private static readonly Option<string?> Sampling = new("--sampling") { Description = "How a classifier's frames are chosen. Default stride." };
    private static readonly Option<int?> TestClips = new("--test-clips") { Description = "Clips of a video that a classifier averages. Default 3." };
    private static readonly Option<int?> TestCrops = new("--test-crops") { Description = "Squares of a frame that a classifier averages. Default 1." };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "What first values of missing tensors are derived from." };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        PositionsOption.AcceptOnlyFromAmong("recompute", "interpolate");
        Sampling.AcceptOnlyFromAmong("stride", "segments");
        Command command = new("weights", "Imports weights of VideoMAE and V2 (.pth), of Hugging Face's VideoMAE, or our own.")
        {
            Path, Name, Labels, AllowMissing, AllowSurplus, Frames, ImageSize, SourceFrames, SourceImageSize, Heads, DecoderHeads, PositionsOption, Stride, Sampling, TestClips, TestCrops, Seed, store, json,
        };
        command.SetAction(async (parsed, ct) =>
        {
            ArtifactReference target = Target(parsed.GetValue(Name)!);
            string path = parsed.GetValue(Path)!;
            if (!File.Exists(path) && !Directory.Exists(path))
                throw new UsageException($"There is no file or folder '{path}'.");

            DirectoryInfo folder = Directory.CreateTempSubdirectory("unreel-import-");
            try
            {
                WeightImportResult result = WeightImport.Run(path, folder.FullName, Options(parsed));
                IArtifactStore opened = StoreOptions.Open(parsed, store);
                ArtifactRef added = await ArtifactFolder.AddFolderAsync(
                    opened, target.Kind, target.Name, await LineageAsync(path, result, ct), folder.FullName, MediaTypes.Of, ct);
                await opened.MoveTagAsync(added, target.Tag!, TimeProvider.System, ct);
                Report(target, added, result, parsed.GetValue(json));
                return ExitCodes.Done;
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    private static ArtifactReference Target(string text)
    {
        ArtifactReference target = StoreOptions.Parse(text);
        return target is { Kind: ArtifactKind.Weights, Tag: not null }
            ? target
            : throw new UsageException($"--as is '{text}'; expected weights/NAME or weights/NAME:TAG.");
    }

    private static WeightImportOptions Options(ParseResult parsed) => new()
    {
        Labels = parsed.GetValue(Labels) is { } file ? LabelsFile.Read(file) : null,
        AllowMissing = parsed.GetValue(AllowMissing)!,
        AllowSurplus = parsed.GetValue(AllowSurplus)!,
        Frames = parsed.GetValue(Frames),
        ImageSize = parsed.GetValue(ImageSize),
        SourceFrames = parsed.GetValue(SourceFrames),
        SourceImageSize = parsed.GetValue(SourceImageSize),
        Heads = parsed.GetValue(Heads),
        DecoderHeads = parsed.GetValue(DecoderHeads),
        InterpolatePositions = parsed.GetValue(PositionsOption) == "interpolate",
        Stride = parsed.GetValue(Stride),
        Sampling = parsed.GetValue(Sampling),
        TestClips = parsed.GetValue(TestClips),
        TestCrops = parsed.GetValue(TestCrops),
        Seed = parsed.GetValue(Seed),
    };

    // What decides the bytes: the file's own, and what was asked for beside them.
    private static async Task<Lineage> LineageAsync(string path, WeightImportResult result, CancellationToken ct)
    {
        JsonObject options = new() { ["format"] = result.Format, ["source"] = System.IO.Path.GetFileName(System.IO.Path.GetFullPath(path).TrimEnd('/')) };
        if (File.Exists(path))
        {
            await using FileStream stream = File.OpenRead(path);
            options["sha256"] = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
        }

        return new Lineage { Stage = "import", Options = options };
    }

    private static void Report(ArtifactReference target, ArtifactRef added, WeightImportResult result, bool json)
    {
        if (json)
        {
            JsonLine.Write(Describe(target, added, result));
            return;
        }

        VideoTransformerShape shape = result.Description.Shape;
        string what = result.Description.Kind == ModelKind.Classifier ? $"a classifier of {result.Description.Labels.Count} labels" : "an autoencoder";
        Console.Error.WriteLine(
            $"{result.Format}: {what}, {shape.Frames} frames of {shape.ImageSize} pixels, width {shape.Width}, depth {shape.Depth}, {shape.Heads} heads{(result.BringsPositions ? ", positions of its own" : string.Empty)}");
        foreach (string name in result.Initialised)
            Console.Error.WriteLine($"missing, initialised: {name}");
        foreach (string name in result.LeftOut)
            Console.Error.WriteLine($"surplus, left out: {name}");
        Console.WriteLine($"{target} -> {added.Digest}");
    }

    private static JsonObject Describe(ArtifactReference target, ArtifactRef added, WeightImportResult result) => new()
    {
        ["reference"] = target.ToString(),
        ["digest"] = added.Digest.ToString(),
        ["format"] = result.Format,
        ["kind"] = result.Description.Kind == ModelKind.Classifier ? "classifier" : "autoencoder",
        ["shape"] = JsonObject.Create(result.Description.Shape.ToJson()),
        ["labels"] = result.Description.Labels.Count,
        ["initialised"] = new JsonArray([.. result.Initialised.Select(name => JsonValue.Create(name))]),
        ["leftOut"] = new JsonArray([.. result.LeftOut.Select(name => JsonValue.Create(name))]),
        ["ownPositions"] = result.BringsPositions,
    };
}
