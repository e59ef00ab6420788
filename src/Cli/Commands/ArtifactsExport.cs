using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts export</c>.</summary>
internal static class ArtifactsExport
{
    private const string Oci = "oci";

    private static readonly Argument<string[]> References = new("references") { Description = "The artifacts: kind/name:tag (the tag defaults to latest) or kind/name@sha256:…", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Format = new("--as") { Description = "The form: an OCI image layout, for any artifacts.", Required = true };
    private static readonly Option<string> Out = new("--out", "-o") { Description = "A new or an empty folder; for oci also a new file .tar.", HelpName = "PATH", Required = true };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Format.AcceptOnlyFromAmong(Oci);
        Command command = new("export", "Writes artifacts in a form that others read; unreel artifacts import brings them back.")
        {
            References, Format, Out, ExchangeSettings.Lineage, ExchangeSettings.Tags, ExchangeSettings.NoReferrers, store,
        };
        command.SetAction(async (parsed, ct) =>
        {
            string path = parsed.GetValue(Out)!;
            if (string.IsNullOrWhiteSpace(path))
                throw new UsageException("--out is empty; expected a folder or a file.");

            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactReference[] references = [.. parsed.GetValue(References)!.Select(StoreOptions.Parse)];
            ExchangeOptions options = ExchangeSettings.Read(parsed);
            ExchangePlan plan = await ExchangePlan.MakeAsync(opened, references, options, ct);
            string written = await new LayoutExport(opened).RunAsync(plan, options, path, ct);
            ExchangeSettings.TellMissing(plan.Missing);
            Console.WriteLine(written);
            return ExitCodes.Done;
        });
        return command;
    }
}
