using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>A fact that needs the storage emulator; skipped, saying so, where it is absent.</summary>
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = Azurite.Missing;
}
