using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts keygen</c>.</summary>
internal static class ArtifactsKeygen
{
    public static Command Create()
    {
        Option<string> output = new("--out", "-o") { Description = "The file of the private key, e.g. release.pem; the public one goes to release.pub.pem beside it.", HelpName = "FILE", Required = true };
        Option<string?> passphrase = Passphrase.Option("Encrypt the private key with the passphrase that this environment variable holds. Default: not encrypted, readable by its owner only.");
        Command command = new("keygen", "Makes a pair of keys for signing artifacts (ECDSA P-256, PEM).") { output, passphrase };
        command.SetAction(parsed =>
        {
            string file = parsed.GetValue(output)!;
            if (string.IsNullOrWhiteSpace(file))
                throw new UsageException("--out is empty; expected a file.");

            string publicFile = Path.ChangeExtension(file, ".pub.pem");
            if (File.Exists(file) || File.Exists(publicFile))
                throw new UsageException($"{(File.Exists(file) ? file : publicFile)} is there already; a key is never replaced. Expected another name.");

            using SigningKey key = SigningKey.Create();
            key.Write(file, Passphrase.Read(parsed.GetValue(passphrase)));
            key.Public.Write(publicFile);
            Console.WriteLine($"{key.Public.Id}  {publicFile}");
            return ExitCodes.Done;
        });
        return command;
    }
}
