using Xunit;

namespace Unreel.Testing;

/// <summary>A fact over Azurite; skipped, saying so, where that is absent.</summary>
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = Azurite.Missing;
}

/// <summary>A theory over Azurite; skipped, saying so, where that is absent.</summary>
public sealed class AzuriteTheoryAttribute : TheoryAttribute
{
    public AzuriteTheoryAttribute() => Skip = Azurite.Missing;
}
