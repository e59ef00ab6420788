using System.Reflection;
using Unreel.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Unreel.Artifacts.Tests;

/// <summary>Says that the tests of a class, inherited ones included, need Azurite.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAzuriteAttribute : Attribute
{
    public static string? WhyNot(ITestMethod method) =>
        method.TestClass.Class.ToRuntimeType().GetCustomAttribute<NeedsAzuriteAttribute>() is null ? null : Azurite.Missing;
}

/// <summary>A fact of the conformance suite, skipped in classes whose store is absent.</summary>
[XunitTestCaseDiscoverer("Unreel.Artifacts.Tests.StoreFactDiscoverer", "Unreel.Artifacts.Tests")]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>A theory of the conformance suite, skipped in classes whose store is absent.</summary>
[XunitTestCaseDiscoverer("Unreel.Artifacts.Tests.StoreTheoryDiscoverer", "Unreel.Artifacts.Tests")]
public sealed class StoreTheoryAttribute : TheoryAttribute;

public sealed class StoreFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        SkippedStore.TestCase(DiagnosticMessageSink, discoveryOptions, testMethod) ?? base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}

public sealed class StoreTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        SkippedStore.TestCase(DiagnosticMessageSink, discoveryOptions, testMethod) is { } skipped
            ? [skipped]
            : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}

internal static class SkippedStore
{
    /// <summary>A test that only says why it is skipped; null where it can run.</summary>
    public static IXunitTestCase? TestCase(IMessageSink sink, ITestFrameworkDiscoveryOptions options, ITestMethod method) =>
        NeedsAzuriteAttribute.WhyNot(method) is { } why
            ? new XunitSkippedDataRowTestCase(sink, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, why)
            : null;
}
