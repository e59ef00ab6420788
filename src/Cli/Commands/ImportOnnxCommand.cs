using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel import onnx</c>.</summary>
internal static class ImportOnnxCommand
{
    private const string ModelFile = "model.onnx";

    private static readonly Argument<string> Path = new("file") { Description = "An ONNX file; files of weights that it names lie beside it and are taken along." };
    private static readonly Option<string> Name = new("--as", "--name") { Description = "What to call it: onnx/NAME[:TAG]; the tag defaults to latest.", HelpName = "REFERENCE", Required = true };
    private static readonly Option<string?> Labels = new("--labels") { Description = "A text file with the labels, one a line, in the order of the classes. Default: those in the model's metadata (labels, names, classes, class_names, id2label).", HelpName = "FILE" };
    private static readonly Option<string?> Input = new("--input") { Description = "The input that takes the video. Default: the only one.", HelpName = "NAME" };
    private static readonly Option<string?> OutputName = new("--output") { Description = "The output that holds the classes, [batch, classes]. Default: the only one of that shape.", HelpName = "NAME" };
    private static readonly Option<string?> Holds = new("--output-holds") { Description = "What the output holds. Default: probabilities where the graph ends in Softmax, else logits." };
    private static readonly Option<string?> Layout = new("--layout") { Description = "Order of the input's extents: b batch, t frames, c channels, h rows, w columns; e.g. bcthw. Default: read from the shape, where one extent alone is 3." };
    private static readonly Option<int?> Frames = new("--frames") { Description = "Frames of a clip, where the model leaves them open." };
    private static readonly Option<int?> Size = new("--size") { Description = "Rows and columns of a frame, where the model leaves them open." };
    private static readonly Option<int?> Batch = new("--batch") { Description = "Clips at once, where the model takes no other number although its input says so. Default: any number, or what the input fixes." };
    private static readonly Option<string> White = new("--white") { Description = "What white is before mean and deviation: 1 or 255.", DefaultValueFactory = _ => "1" };
    private static readonly Option<string> Mean = new("--mean") { Description = "Subtracted from red, green, blue.", HelpName = "R,G,B", DefaultValueFactory = _ => "0.485,0.456,0.406" };
    private static readonly Option<string> Std = new("--std") { Description = "Red, green, blue are divided by it then. A model of bytes (uint8) is fed as it is: white, mean and deviation are its own.", HelpName = "R,G,B", DefaultValueFactory = _ => "0.229,0.224,0.225" };
    private static readonly Option<bool> Bgr = new("--bgr") { Description = "The channels are blue, green, red; mean and deviation are still said as red, green, blue." };
    private static readonly Option<int> Stride = new("--stride") { Description = "Steps between frames.", DefaultValueFactory = _ => 4 };
    private static readonly Option<string> Sampling = new("--sampling") { Description = "How frames are chosen: stride apart, or spread over the whole video.", DefaultValueFactory = _ => ClipPreparation.StrideSampling };
    private static readonly Option<int> Clips = new("--test-clips") { Description = "Clips of a video whose probabilities are averaged.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Crops = new("--test-crops") { Description = "Squares of a frame whose probabilities are averaged.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> ShortSide = new("--short-side") { Description = "What a frame's short side is resized to before squares are cut. Default: the size." };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Holds.AcceptOnlyFromAmong("logits", "probabilities");
        White.AcceptOnlyFromAmong("1", "255");
        Sampling.AcceptOnlyFromAmong(ClipPreparation.StrideSampling, ClipPreparation.SegmentSampling);
        Command command = new("onnx", "Imports an ONNX classifier of videos: it is rewritten to take bytes and to give logits and probabilities, tried, and can then be served and scored like our own.")
        {
            Path, Name, Labels, Input, OutputName, Holds, Layout, Frames, Size, Batch, White, Mean, Std, Bgr, Stride, Sampling, Clips, Crops, ShortSide, store, json,
        };
        command.SetAction(async (parsed, ct) =>
        {
            ArtifactReference target = Target(parsed.GetValue(Name)!);
            DirectoryInfo folder = Directory.CreateTempSubdirectory("unreel-import-");
            try
            {
                ImportedModel made = await Task.Run(() => MakeAsync(parsed, System.IO.Path.Combine(folder.FullName, ModelFile), ct), ct);
                IArtifactStore opened = StoreOptions.Open(parsed, store);
                ArtifactRef added = await ArtifactFolder.AddFolderAsync(opened, target.Kind, target.Name, made.Lineage, folder.FullName, MediaTypes.Of, ct);
                await opened.MoveTagAsync(added, target.Tag!, TimeProvider.System, ct);
                Report(target, added, made, parsed.GetValue(json));
                return ExitCodes.Done;
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    private static async Task<ImportedModel> MakeAsync(ParseResult parsed, string file, CancellationToken ct)
    {
        string path = parsed.GetValue(Path)!;
        ForeignModel model = ForeignModel.Open(path, Options(parsed));
        IReadOnlyList<string> labels = parsed.GetValue(Labels) is { } named ? LabelsFile.Read(named) : model.Labels
            ?? throw new UsageException($"{path} has no labels in its metadata; expected --labels FILE, one a line.");
        ClipPreparation preparation = Preparation(parsed, model.Geometry);
        string digest = await DigestAsync(path, model.ExternalFiles, ct);
        model.Write(labels, preparation.ToJson(), digest).Save(file);

        ct.ThrowIfCancellationRequested();
        ForeignTrial.Run(file);
        GoldenClip.Write(file, ForeignTrial.Clip(model.Geometry));
        return new ImportedModel(model, labels, LineageOf(parsed, path, digest, model, labels, preparation));
    }

    private static ForeignOptions Options(ParseResult parsed) => new()
    {
        Input = parsed.GetValue(Input),
        Output = parsed.GetValue(OutputName),
        Layout = parsed.GetValue(Layout),
        Frames = Positive(parsed, Frames),
        Size = Positive(parsed, Size),
        Batch = Positive(parsed, Batch),
        White = float.Parse(parsed.GetValue(White)!, CultureInfo.InvariantCulture),
        Mean = Numbers(parsed, Mean),
        Std = Numbers(parsed, Std),
        IsBgr = parsed.GetValue(Bgr),
        Gives = parsed.GetValue(Holds) is { } holds ? Enum.Parse<ForeignAnswer>(holds, ignoreCase: true) : null,
    };

    private static int? Positive(ParseResult parsed, Option<int?> option) =>
        parsed.GetValue(option) is { } value && value < 1 ? throw new UsageException($"{option.Name} is {value}; expected at least 1.") : parsed.GetValue(option);

    private static float[] Numbers(ParseResult parsed, Option<string> option)
    {
        string text = parsed.GetValue(option)!;
        return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
            ? number
            : throw new UsageException($"{option.Name} is '{text}'; expected three numbers with commas between them."))];
    }

    private static ClipPreparation Preparation(ParseResult parsed, InputGeometry geometry)
    {
        ClipPreparation preparation = new()
        {
            Frames = geometry.Frames,
            Stride = parsed.GetValue(Stride),
            Size = geometry.Height,
            Sampling = parsed.GetValue(Sampling)!,
            Clips = parsed.GetValue(Clips),
            Crops = parsed.GetValue(Crops),
            ShortSide = parsed.GetValue(ShortSide),
        };

        // Reading checks ranges as serving will.
        return ClipPreparation.FromJson(System.Text.Json.JsonSerializer.SerializeToElement(preparation.ToJson()));
    }

    private static ArtifactReference Target(string text)
    {
        ArtifactReference target = StoreOptions.Parse(text.Contains('/', StringComparison.Ordinal) ? text : $"onnx/{text}");
        return target is { Kind: ArtifactKind.Onnx, Tag: not null }
            ? target
            : throw new UsageException($"--as is '{text}'; expected onnx/NAME or onnx/NAME:TAG.");
    }

    // That of the file, as sha256sum says it; where weights lie in others, that of the digests of all.
    private static async Task<string> DigestAsync(string path, IReadOnlyList<string> external, CancellationToken ct)
    {
        List<string> digests = [];
        foreach (string file in external.Prepend(path))
        {
            await using FileStream stream = File.OpenRead(file);
            digests.Add(Digest.FromHash(await SHA256.HashDataAsync(stream, ct)).ToString());
        }

        return digests.Count == 1 ? digests[0] : Digest.FromHash(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', digests)))).ToString();
    }

    // What decides the bytes: the file, and what was asked for or read from it.
    private static Lineage LineageOf(ParseResult parsed, string path, string digest, ForeignModel model, IReadOnlyList<string> labels, ClipPreparation preparation) => new()
    {
        Stage = "import",
        Options = new JsonObject
        {
            ["format"] = "onnx",
            ["source"] = System.IO.Path.GetFileName(path),
            ["digest"] = digest,
            ["layout"] = model.Layout,
            ["output_holds"] = model.Gives.ToString().ToLowerInvariant(),
            ["white"] = parsed.GetValue(White),
            ["mean"] = parsed.GetValue(Mean),
            ["std"] = parsed.GetValue(Std),
            ["bgr"] = parsed.GetValue(Bgr),
            ["labels"] = labels.Count,
            ["preparation"] = preparation.ToJson(),
        },
    };

    private static void Report(ArtifactReference target, ArtifactRef added, ImportedModel made, bool json)
    {
        ForeignModel model = made.Model;
        if (json)
        {
            JsonLine.Write(new JsonObject
            {
                ["reference"] = target.ToString(),
                ["digest"] = added.Digest.ToString(),
                ["frames"] = model.Geometry.Frames,
                ["size"] = model.Geometry.Height,
                ["layout"] = model.Layout,
                ["batch"] = model.Batch,
                ["output_holds"] = model.Gives.ToString().ToLowerInvariant(),
                ["labels"] = made.Labels.Count,
            });
            return;
        }

        string batch = model.Batch is { } clips ? $"{clips} at a time" : "any number at a time";
        Console.Error.WriteLine($"{model.Name}: clips of {model.Geometry} as {model.Layout}, {batch}; gives {model.Gives.ToString().ToLowerInvariant()} of {made.Labels.Count} labels; loads and runs");
        Console.WriteLine($"{target} -> {added.Digest}");
    }

    private sealed record ImportedModel(ForeignModel Model, IReadOnlyList<string> Labels, Lineage Lineage);
}
