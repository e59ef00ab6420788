using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts sign</c>.</summary>
internal static class ArtifactsSign
{
    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<string> file = new("--key") { Description = "The private key that unreel artifacts keygen made.", HelpName = "FILE", Required = true };
        Option<string?> passphrase = Passphrase.Option("The environment variable that holds the passphrase of an encrypted key.");
        Option<string?> store = StoreOptions.Store();
        Command command = new("sign", "Signs an artifact and attaches the signature to it: an in-toto statement in a DSSE envelope. Nothing is asked of any service.") { reference, file, passphrase, store };
        command.SetAction(async (parsed, ct) =>
        {
            using SigningKey key = Read(parsed.GetValue(file)!, Passphrase.Read(parsed.GetValue(passphrase)));
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef artifact = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            Referrer? signature = await ArtifactSigner.SignAsync(opened, artifact, key, ct);
            Console.WriteLine(signature is null ? $"{artifact} was signed by the key {key.Public.Id} already" : $"{artifact} is signed by the key {key.Public.Id} ({signature.Digest})");
            return ExitCodes.Done;
        });
        return command;
    }

    private static SigningKey Read(string file, string? passphrase)
    {
        try
        {
            return SigningKey.Read(file, passphrase);
        }
        catch (SignatureException e)
        {
            throw new UsageException(e.Message, e);
        }
    }
}
