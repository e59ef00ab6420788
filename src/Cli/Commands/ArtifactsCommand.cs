using System.CommandLine;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts</c>: what is in the store, where it came from, whether it is whole.</summary>
internal static class ArtifactsCommand
{
    public static Command Create() =>
        new("artifacts", "Lists, searches, shows, compares, fetches, adds, tags, verifies and clears up what is in the store.")
        {
            ArtifactsList.Create(),
            ArtifactsShow.Create(),
            ArtifactsWhy.Create(),
            ArtifactsGet.Create(),
            ArtifactsPut.Create(),
            ArtifactsTag.Create(),
            ArtifactsUntag.Create(),
            ArtifactsRemove.Create(),
            ArtifactsDiff.Create(),
            ArtifactsTree.Create(),
            ArtifactsVerify.Create(),
            ArtifactsGc.Create(),
            ArtifactsReindex.Create(),
            ArtifactsCopy.Create(),
            ArtifactsExport.Create(),
            ArtifactsImport.Create(),
            ArtifactsKeygen.Create(),
            ArtifactsSign.Create(),
            ArtifactsVerifySignature.Create(),
        };
}
