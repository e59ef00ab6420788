using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Export;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts export</c>.</summary>
internal static class ArtifactsExport
{
    private const string Oci = "oci", Triton = "triton", HuggingFace = "huggingface";

    private static readonly Argument<string[]> References = new("references") { Description = "The artifacts: kind/name:tag (the tag defaults to latest) or kind/name@sha256:…", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Format = new("--as") { Description = "The form: an OCI image layout, of any artifacts; a model of a Triton model repository, of an ONNX model; a folder in the style of Hugging Face's hub, of an ONNX model or weights.", Required = true };
    private static readonly Option<string> Out = new("--out", "-o") { Description = "A new or an empty folder; for oci also a new file .tar; for triton the repository, which may hold other models.", HelpName = "PATH", Required = true };

    private static readonly Option<int> MaxBatch = new("--max-batch") { Description = "For triton: the most clips that the server puts together, where the model takes any number.", HelpName = "N", DefaultValueFactory = _ => 8 };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Format.AcceptOnlyFromAmong(Oci, Triton, HuggingFace);
        Command command = new("export", "Writes artifacts in a form that others read; unreel artifacts import brings them back.")
        {
            References, Format, Out, MaxBatch, ExchangeSettings.Lineage, ExchangeSettings.Tags, ExchangeSettings.NoReferrers, store,
        };
        command.SetAction(async (parsed, ct) =>
        {
            string path = parsed.GetValue(Out)!;
            if (string.IsNullOrWhiteSpace(path))
                throw new UsageException("--out is empty; expected a folder or a file.");

            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactReference[] references = [.. parsed.GetValue(References)!.Select(StoreOptions.Parse)];
            Console.WriteLine(await (parsed.GetValue(Format) switch
            {
                Oci => WriteLayoutAsync(parsed, opened, references, path, ct),
                _ => WriteModelAsync(parsed, opened, references, path, ct),
            }));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> WriteLayoutAsync(ParseResult parsed, IArtifactStore store, ArtifactReference[] references, string path, CancellationToken ct)
    {
        ExchangeOptions options = ExchangeSettings.Read(parsed);
        ExchangePlan plan = await ExchangePlan.MakeAsync(store, references, options, ct);
        string written = await new LayoutExport(store).RunAsync(plan, options, path, ct);
        ExchangeSettings.TellMissing(plan.Missing);
        return written;
    }

    private static async Task<string> WriteModelAsync(ParseResult parsed, IArtifactStore store, ArtifactReference[] references, string path, CancellationToken ct)
    {
        string format = parsed.GetValue(Format)!;
        if (references is not [var reference])
            throw new UsageException($"The form {format} is of one model; expected one reference, found {references.Length}.");
        if (parsed.GetValue(ExchangeSettings.Lineage) || parsed.GetValue(ExchangeSettings.Tags))
            throw new UsageException($"The form {format} has no place for other artifacts and tags; --lineage and --tags are for {Oci}.");
        if (parsed.GetValue(MaxBatch) is var most and < 1)
            throw new UsageException($"--max-batch is {most}; expected at least 1.");

        ArtifactRef artifact = await store.FindAsync(reference, ct) ?? throw new ArtifactNotFoundException(reference.ToString(), store.Location);
        return format == Triton
            ? await TritonExport.RunAsync(store, artifact, path, parsed.GetValue(MaxBatch), ct)
            : await HuggingFaceExport.RunAsync(store, artifact, path, ct);
    }
}
