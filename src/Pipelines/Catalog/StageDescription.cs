using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>A kind of stage that pipelines may name: <c>pretrain</c>.</summary>
public sealed class StageDescription
{
    private readonly Lazy<IReadOnlyList<OptionDescription>> _options;

    internal StageDescription(
        string name, int version, string description, Type stageType, Type optionsType, ArtifactKind? produces, bool isShared = false, Func<object, StageNeeds>? needs = null)
    {
        Needs = needs ?? (_ => StageNeeds.Whole);
        (Name, Version, Description, StageType, OptionsType, Produces, IsShared) = (name, version, description, stageType, optionsType, produces, isShared);
        _options = new(() => OptionDescription.Of(optionsType, string.Empty));
    }

    /// <summary>The stage's name in pipeline files and on the command line.</summary>
    public string Name { get; }

    /// <summary>Raised when the same options give other bytes; part of every key.</summary>
    public int Version { get; }

    /// <summary>What it does, in one sentence.</summary>
    public string Description { get; }

    /// <summary>The class that does the work.</summary>
    public Type StageType { get; }

    /// <summary>The record of its options.</summary>
    public Type OptionsType { get; }

    /// <summary>What it makes, where that is known beforehand.</summary>
    public ArtifactKind? Produces { get; }

    /// <summary>Whether all processes of a run do its work together, see <see cref="IRunPeers"/>.</summary>
    public bool IsShared { get; }

    /// <summary>What it takes of the machine with given options.</summary>
    internal Func<object, StageNeeds> Needs { get; }

    /// <summary>Its options, nested ones as <c>outer.inner</c>.</summary>
    public IReadOnlyList<OptionDescription> Options => _options.Value;
}

/// <summary>One option of a stage, for help.</summary>
/// <param name="Name">Its name in YAML; nested ones as <c>outer.inner</c>.</param>
/// <param name="Type">Its type in words.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="Default">The default as YAML, or null where it has none.</param>
/// <param name="Range">The range or other rule, or null.</param>
/// <param name="Summary">What it means, from the documentation in the code; null where there is none.</param>
/// <param name="IsRunOnly">Whether it changes only how the work is done, see <see cref="RunOnlyAttribute"/>.</param>
/// <param name="IsList">Whether it takes several values.</param>
public sealed record OptionDescription(string Name, string Type, bool IsRequired, string? Default, string? Range, string? Summary, bool IsRunOnly, bool IsList = false)
{
    internal static IReadOnlyList<OptionDescription> Of(Type type, string prefix, object? start = null)
    {
        object? defaults = start ?? OptionSchema.Of(type).Default();
        return [.. OptionSchema.Of(type).Properties.SelectMany(property => Of(property, prefix, defaults))];
    }

    private static IEnumerable<OptionDescription> Of(OptionProperty property, string prefix, object? defaults)
    {
        Type bare = OptionTypes.Bare(property.Type);
        object? value = property.IsRequired || defaults is null ? null : property.Info.GetValue(defaults);
        bool isRecord = !OptionTypes.IsScalar(bare) && !OptionTypes.IsList(bare, out _) && !OptionTypes.IsMap(bare, out _);
        yield return new OptionDescription(
            prefix + property.Name,
            isRecord ? "a mapping" : OptionTypes.Words(bare),
            property.IsRequired,
            value is null || isRecord ? null : DefaultText(value),
            RangeText(property),
            XmlDocumentation.Summary(property.Info),
            property.IsRunOnly,
            OptionTypes.IsList(bare, out _));
        if (isRecord)
        {
            foreach (OptionDescription inner in Of(bare, $"{prefix}{property.Name}.", value))
                yield return inner;
        }
    }

    private static string DefaultText(object value) =>
        OptionTypes.IsScalar(value.GetType())
            ? OptionTypes.Text(value)
            : OptionsJson.CanonicalText(new OptionsJson((_, input) => input.Text, same => same).Any(value));

    private static string? RangeText(OptionProperty property)
    {
        string text = string.Join("; ", property.Rules.Select(rule => rule switch
        {
            RangeAttribute range => OptionsBinder.RangeWords(range),
            MinLengthAttribute shortest => $"at least {shortest.Length.ToString(CultureInfo.InvariantCulture)}",
            MaxLengthAttribute longest => $"at most {longest.Length.ToString(CultureInfo.InvariantCulture)}",
            AllowedValuesAttribute allowed => $"one of {string.Join(", ", allowed.Values)}",
            RegularExpressionAttribute pattern => $"matches {pattern.Pattern}",
            _ => null,
        }).OfType<string>());
        return text.Length == 0 ? null : text;
    }
}
