using System.Reflection;
using Unreel.Pipelines;

namespace Unreel.Synthesize;

/// <summary>The presets that are shipped (the files of <c>pipelines/synthesis</c>, carried in the program) and those in files of the user's.</summary>
public static class PresetLibrary
{
    private const string ResourcePrefix = "synthesis/", MotionsPrefix = "synthesis/motions/", Extension = ".yaml";

    /// <summary>The names of the shipped presets of a kind, in ordinal order.</summary>
    public static IReadOnlyList<string> Names(SynthesisKind kind) => [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
        .Where(name => name.StartsWith(MotionsPrefix, StringComparison.Ordinal) == (kind == SynthesisKind.Motions))
        .Select(name => name[Prefix(kind).Length..^Extension.Length])
        .Order(StringComparer.Ordinal)];

    /// <summary>Reads a preset of unlabelled videos.</summary>
    /// <param name="preset">A shipped preset's name, or the path of a YAML file.</param>
    /// <exception cref="UsageException">There is none of that name, or its keys or values are wrong.</exception>
    public static SynthesisPreset ReadVideos(string preset) => Read<SynthesisPreset>(preset, SynthesisKind.Videos);

    /// <summary>Reads a preset of labelled videos.</summary>
    /// <inheritdoc cref="ReadVideos"/>
    public static MotionPreset ReadMotions(string preset) => Read<MotionPreset>(preset, SynthesisKind.Motions);

    /// <summary>What a preset is called in recipes: a shipped one's name, a file's name without folder and extension.</summary>
    public static string NameOf(string preset) => IsPath(preset) ? Path.GetFileNameWithoutExtension(preset) : preset;

    private static T Read<T>(string preset, SynthesisKind kind)
        where T : class
    {
        if (IsPath(preset))
            return OptionsYaml.ReadFile<T>(preset);

        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix(kind) + preset + Extension) ?? throw Unknown(preset, kind);
        using StreamReader reader = new(stream);
        return OptionsYaml.Read<T>(reader.ReadToEnd(), preset + Extension);
    }

    private static UsageException Unknown(string preset, SynthesisKind kind)
    {
        SynthesisKind other = kind == SynthesisKind.Videos ? SynthesisKind.Motions : SynthesisKind.Videos;
        return Names(other).Contains(preset)
            ? new UsageException($"The preset '{preset}' is of kind {Text(other)}, and kind {Text(kind)} was asked for; set kind: {Text(other)}.")
            : new UsageException($"There is no preset '{preset}' of kind {Text(kind)}{Suggestion.For(preset, Names(kind))} A file of your own is named by preset_file.");
    }

    private static string Text(SynthesisKind kind) => kind == SynthesisKind.Videos ? "videos" : "motions";

    private static string Prefix(SynthesisKind kind) => kind == SynthesisKind.Motions ? MotionsPrefix : ResourcePrefix;

    /// <summary>Whether a preset is named by a path rather than by its name.</summary>
    internal static bool IsPath(string preset) =>
        preset.Contains('/') || preset.Contains(Path.DirectorySeparatorChar) || preset.EndsWith(Extension, StringComparison.Ordinal) || preset.EndsWith(".yml", StringComparison.Ordinal);
}
