namespace Unreel.Distributed.Tests;

/// <summary>A fact about what only the runtime "system" has, where its libtorch carries Gloo.</summary>
public sealed class DistributedFactAttribute : FactAttribute
{
    public DistributedFactAttribute() => Skip = ExpectedRuntime.WhyNot();
}

/// <summary>A theory about what only the runtime "system" has, where its libtorch carries Gloo.</summary>
public sealed class DistributedTheoryAttribute : TheoryAttribute
{
    public DistributedTheoryAttribute() => Skip = ExpectedRuntime.WhyNot();
}
