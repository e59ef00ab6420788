using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts verify</c>.</summary>
internal static class ArtifactsVerify
{
    public static Command Create()
    {
        Argument<string?> reference = new("reference") { Description = "One artifact; without it, all of them.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> shallow = new("--shallow") { Description = "Only that every blob is there with its size, without reading the bytes." };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("verify", "Reads every byte and checks every digest; exit code 1 where something is broken.") { reference, shallow, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            int whole = 0, broken = 0;
            await foreach (ArtifactRef artifact in ChosenAsync(opened, parsed.GetValue(reference), ct))
            {
                IReadOnlyList<string> wrong = await opened.VerifyAsync(artifact, !parsed.GetValue(shallow), ct);
                Report(artifact, wrong, parsed.GetValue(json));
                _ = wrong.Count == 0 ? whole++ : broken++;
            }

            await Console.Error.WriteLineAsync($"{whole} whole, {broken} broken in {opened.Location}");
            return broken == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static async IAsyncEnumerable<ArtifactRef> ChosenAsync(
        IArtifactStore store, string? reference, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (reference is not null)
        {
            yield return await store.RequireAsync(reference, ct);
            yield break;
        }

        await foreach (ArtifactRef artifact in store.ListReferencesAsync(null, ct))
            yield return artifact;
    }

    private static void Report(ArtifactRef artifact, IReadOnlyList<string> wrong, bool json)
    {
        if (json)
        {
            JsonLine.Write(new JsonObject
            {
                ["reference"] = artifact.ToString(),
                ["whole"] = wrong.Count == 0,
                ["wrong"] = new JsonArray([.. wrong.Select(line => JsonValue.Create(line))]),
            });
            return;
        }

        Console.WriteLine($"{(wrong.Count == 0 ? "whole " : "BROKEN")} {artifact}");
        foreach (string line in wrong)
            Console.WriteLine("       " + line);
    }
}
