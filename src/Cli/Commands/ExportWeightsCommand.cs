using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel export weights</c>.</summary>
internal static class ExportWeightsCommand
{
    private const string Videomae = "videomae-pth", HuggingFace = "huggingface";

    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference("The weights, or a folder that holds them");
        Option<string> format = new("--format") { Description = "Whose form: VideoMAE's and V2's .pth, or Hugging Face's safetensors and config.", Required = true };
        Option<string> target = new("--out", "-o") { Description = $"A new file ({Videomae}), or a new or an empty folder ({HuggingFace}).", HelpName = "PATH", Required = true };
        Option<string?> store = StoreOptions.Store();
        format.AcceptOnlyFromAmong(Videomae, HuggingFace);
        Command command = new("weights", "Writes weights as VideoMAE's code or Hugging Face's loads them.") { reference, format, target, store };
        command.SetAction(async (parsed, ct) =>
        {
            string path = parsed.GetValue(target)!;
            if (string.IsNullOrWhiteSpace(path))
                throw new UsageException("--out is empty; expected a file or a folder.");

            WeightFormat chosen = parsed.GetValue(format) == HuggingFace ? WeightFormat.HuggingFace : WeightFormat.Videomae;
            await WithFolderAsync(parsed.GetValue(reference)!, () => StoreOptions.Open(parsed, store), folder => Export(folder, chosen, path), ct);
            Console.WriteLine(Path.GetFullPath(path));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Export(string folder, WeightFormat format, string path)
    {
        WeightExport.Run(folder, format, path);
        if (ModelDescription.Read(folder).Normalisation.CentreOverTime)
            Console.Error.WriteLine("note: this network expects every pixel less its mean over the clip, which the form cannot say; do so before asking it.");
    }

    private static async Task WithFolderAsync(string weights, Func<IArtifactStore> open, Action<string> use, CancellationToken ct)
    {
        if (Directory.Exists(weights))
        {
            use(weights);
            return;
        }

        if (StoreOptions.Parse(weights).Kind != ArtifactKind.Weights)
            throw new UsageException($"'{weights}' is not of the kind weights; expected weights/NAME[:TAG], weights/NAME@sha256:… or a folder.");

        IArtifactStore store = open();
        Artifact artifact = await store.ReadAsync(await store.RequireAsync(weights, ct), ct);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unreel-export-");
        try
        {
            use(await ArtifactFolder.FetchAsync(store, artifact, Path.Combine(folder.FullName, "weights"), ct));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
