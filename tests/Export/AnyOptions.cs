using Unreel.Pipelines;

namespace Unreel.Export.Tests;

/// <summary>Options of an export whose inputs are of no matter.</summary>
internal static class AnyOptions
{
    public static ExportOptions Value { get; } = new() { Classifier = StageInput.Parse("weights/any"), Clips = StageInput.Parse("clips/any") };
}
