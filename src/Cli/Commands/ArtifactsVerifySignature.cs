using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts verify-signature</c>.</summary>
internal static class ArtifactsVerifySignature
{
    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<string[]> files = new("--key") { Description = "A public key that is trusted; may be given several times, and one good signature by any of them is enough.", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = false };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("verify-signature", "Says who signed an artifact; exit code 1 where no key that is given has. Its files are checked by unreel artifacts verify.") { reference, files, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            SignaturePolicy policy = ModelSource.ReadKeys(parsed.GetValue(files)!)!;
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef artifact = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            SignatureReport report = await policy.LookAsync(opened, artifact, ct);
            if (parsed.GetValue(json))
                JsonLine.Write(Describe(artifact, report));

            PublicKey signer = await policy.RequireAsync(opened, artifact, ct);
            if (!parsed.GetValue(json))
                Console.WriteLine($"{artifact} is signed by the key {signer.Id}");

            return ExitCodes.Done;
        });
        return command;
    }

    private static JsonObject Describe(ArtifactRef artifact, SignatureReport report) => new()
    {
        ["reference"] = artifact.ToString(),
        ["good"] = report.Signer is not null,
        ["key"] = report.Signer?.Id,
        ["signature"] = report.Signature?.ToString(),
        ["others"] = new JsonArray([.. report.Others.Select(other => (JsonNode?)other)]),
    };
}
