using System.Globalization;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>Which names are scored, and how many are passed over for which reason.</summary>
/// <param name="include">Patterns of which one must agree; none lets all pass.</param>
/// <param name="exclude">Patterns of which none may agree.</param>
internal sealed class VideoFilter(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
{
    private readonly GlobPatterns _include = new(include), _exclude = new(exclude);
    private readonly GlobPatterns _extensions = new([.. include.Where(GlobPatterns.NamesExtension)]);
    private readonly SortedDictionary<string, int> _others = new(StringComparer.Ordinal);
    private int _excluded, _hidden;

    /// <summary>Whether a name is to be scored; what is not is counted.</summary>
    /// <param name="name">A relative path with forward slashes.</param>
    public bool Takes(string name)
    {
        if (name.StartsWith('.') || name.Contains("/.", StringComparison.Ordinal))
        {
            _hidden++;
        }
        else if (!VideoFiles.IsVideo(name) && !_extensions.Match(name))
        {
            string extension = Path.GetExtension(name);
            _others[extension] = _others.GetValueOrDefault(extension) + 1;
        }
        else if ((_include.Any && !_include.Match(name)) || _exclude.Match(name))
        {
            _excluded++;
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>Whether a name that somebody wrote down is to be scored: whatever its extension.</summary>
    public bool TakesListed(string name)
    {
        bool taken = !(_include.Any && !_include.Match(name)) && !_exclude.Match(name);
        _excluded += taken ? 0 : 1;
        return taken;
    }

    /// <summary>Says what was passed over, a line for each reason.</summary>
    public IEnumerable<string> Notices()
    {
        if (_others.Count > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"passed over {Files(_others.Values.Sum())} not named like videos: {string.Join(", ", _others.Select(pair => $"{(pair.Key.Length == 0 ? "without extension" : pair.Key)} {pair.Value}"))}");
        if (_excluded > 0)
            yield return $"passed over {Files(_excluded)} by --include and --exclude";
        if (_hidden > 0)
            yield return $"passed over {Files(_hidden)} with a dot before a name";
    }

    private static string Files(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "file" : "files")}");
}
