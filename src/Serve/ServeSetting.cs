using System.Globalization;
using Unreel.Pipelines;

namespace Unreel.Serve;

/// <summary>One option of a server's command line.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">What stands for its value in the help.</param>
/// <param name="Help">What it means.</param>
/// <param name="Apply">Takes a value; the name is given for messages.</param>
/// <param name="Default">What holds where it is not given, as it would be written; null where that goes without saying.</param>
public sealed record ServeSetting(string Name, string Value, string Help, Func<ServeOptions, string, ServeOptions> Apply, Func<ServeOptions, string>? Default = null)
{
    /// <summary>Whether it may be given several times.</summary>
    public bool Repeats { get; init; }

    /// <summary>Another way to write it; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>A whole number within bounds.</summary>
    internal static ServeSetting Whole(string name, string value, long least, long most, string help, Func<ServeOptions, long, ServeOptions> apply, Func<ServeOptions, long?>? read = null) =>
        new(name, value, help, (options, text) => apply(options, ReadWhole(name, text, least, most)), read is null ? null : options => read(options)?.ToString(CultureInfo.InvariantCulture) ?? "none");

    /// <summary>A length of time in seconds within bounds.</summary>
    internal static ServeSetting Seconds(string name, double least, double most, string help, Func<ServeOptions, TimeSpan, ServeOptions> apply, Func<ServeOptions, TimeSpan> read) =>
        new(name, "SECONDS", help, (options, text) => apply(options, ReadSeconds(name, text, least, most)), options => read(options).TotalSeconds.ToString(CultureInfo.InvariantCulture));

    // Bounds are looked at before anything is multiplied or made a span of time: neither overflows.
    private static long ReadWhole(string name, string text, long least, long most) =>
        !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? throw new UsageException($"{name} is '{text}'; expected a whole number from {least} to {most}.")
        : value < least || value > most ? throw new UsageException($"{name} is {value}; expected {least} to {most}.")
        : value;

    private static TimeSpan ReadSeconds(string name, string text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
            ? TimeSpan.FromSeconds(value)
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; expected a number of seconds from {least} to {most}."));
}

/// <summary>Options that belong together.</summary>
/// <param name="Title">What they are about.</param>
/// <param name="Settings">The options.</param>
public sealed record ServeSettingGroup(string Title, IReadOnlyList<ServeSetting> Settings);
