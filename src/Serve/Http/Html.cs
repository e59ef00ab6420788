using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Unreel.Serve.Http;

/// <summary>HTML that may be sent as it is: every value that went into it was encoded.</summary>
internal readonly record struct Html(string Text)
{
    /// <summary>Nothing.</summary>
    public static Html Empty { get; } = new(string.Empty);

    /// <summary>Writes a template; its holes are encoded unless they are <see cref="Html"/> themselves.</summary>
    public static Html Of(HtmlHandler template) => template.ToHtml();

    /// <summary>Encodes a text of many lines, its line ends as they are.</summary>
    public static Html Lines(string text) => new(string.Join('\n', text.Split('\n').Select(HtmlEncoder.Default.Encode)));

    /// <summary>Puts fragments one after the other.</summary>
    public static Html Join(IEnumerable<Html> parts, string separator = "") =>
        new(string.Join(separator, parts.Select(part => part.Text)));

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Encodes the holes of an interpolated string, so that a page cannot forget to.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    /// <summary>Takes the template's own text.</summary>
    public void AppendLiteral(string text) => _text.Append(text);

    /// <summary>Takes a finished fragment.</summary>
    public void AppendFormatted(Html fragment) => _text.Append(fragment.Text);

    /// <summary>Takes text from elsewhere.</summary>
    public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(text ?? string.Empty));

    /// <summary>Takes a number or the like.</summary>
    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable =>
        AppendFormatted(value.ToString(format, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The finished fragment.</summary>
    public Html ToHtml() => new(_text.ToString());
}
