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
        Argument<string?> reference = new("reference") { Description = "One artifact; without it everything: artifacts, tags, signatures and run records, records of runs.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> shallow = new("--shallow") { Description = "Only that every blob is there with its size, without reading the bytes." };
        Option<bool> quarantine = new("--quarantine") { Description = "First read every blob and move damaged ones to quarantine/; whoever brings the right bytes again mends what needs them." };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("verify", "Reads every byte and checks every digest; exit code 1 where something is broken.") { reference, shallow, quarantine, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(quarantine) && (parsed.GetValue(reference) is not null || parsed.GetValue(shallow)))
                throw new UsageException("--quarantine reads all blobs of the store; expected neither a reference nor --shallow beside it.");

            ArtifactStore opened = await StoreOptions.OpenExistingAsync(parsed, store, ct);
            if (parsed.GetValue(quarantine))
                await QuarantineAsync(opened, ct);

            int whole = 0, broken = 0;
            await foreach (Verified found in ChosenAsync(opened, parsed.GetValue(reference), !parsed.GetValue(shallow), ct))
            {
                Report(found, parsed.GetValue(json));
                if (found.Problems.Count > 0)
                    broken++;
                else if (found.Kind == VerifiedKind.Artifact)
                    whole++;
            }

            await Console.Error.WriteLineAsync($"{whole} whole, {broken} broken in {opened.Location}");
            return broken == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static async Task QuarantineAsync(ArtifactStore store, CancellationToken ct)
    {
        await foreach (Digest damaged in store.QuarantineAsync(ct))
            await Console.Error.WriteLineAsync($"unreel: {damaged} is damaged and was moved to quarantine/{damaged.Hex}");
    }

    private static async IAsyncEnumerable<Verified> ChosenAsync(
        ArtifactStore store, string? reference, bool deep, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (reference is not null)
        {
            ArtifactRef artifact = await store.RequireAsync(reference, ct);
            yield return new Verified(VerifiedKind.Artifact, artifact.ToString(), await store.VerifyAsync(artifact, deep, ct));
            yield break;
        }

        await foreach (Verified found in store.VerifyAllAsync(deep, ct))
            yield return found;
    }

    private static void Report(Verified found, bool json)
    {
        if (json)
        {
            JsonLine.Write(new JsonObject
            {
                ["kind"] = JsonValue.Create(found.Kind.ToString()),
                ["reference"] = found.Name,
                ["whole"] = found.Problems.Count == 0,
                ["wrong"] = new JsonArray([.. found.Problems.Select(line => JsonValue.Create(line))]),
                ["notes"] = new JsonArray([.. found.Notes.Select(line => JsonValue.Create(line))]),
            });
            return;
        }

        // Of the many things that are whole only artifacts are worth a line.
        if (found.Kind == VerifiedKind.Artifact || found.Problems.Count > 0)
            Console.WriteLine($"{(found.Problems.Count == 0 ? "whole " : "BROKEN")} {found.Name}");
        foreach (string line in found.Problems)
            Console.WriteLine("       " + line);
        foreach (string line in found.Notes)
            Console.WriteLine("       note: " + line);
    }
}
