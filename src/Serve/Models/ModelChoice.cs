using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>A model that a server is asked to serve, and what callers call it.</summary>
/// <param name="Name">Its name in routes: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
/// <param name="Version">Which version of that name it is: the tag, or the digest's 64 hex digits; <c>latest</c> for a file.</param>
/// <param name="Reference">An artifact (<c>onnx/name:tag</c>, <c>onnx/name@sha256:…</c>), an ONNX file, or a folder with a <c>model.onnx</c>.</param>
public sealed record ModelChoice(string Name, string Version, string Reference)
{
    /// <summary>Reads <c>REFERENCE</c> or <c>NAME=REFERENCE</c>; without a name, an artifact goes by its own and a file by that of the file or folder.</summary>
    /// <exception cref="UsageException">There is no reference, or the name has other characters.</exception>
    public static ModelChoice Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        // A path may hold the sign too.
        bool named = equals > 0 && IsName(text[..equals]) && !Path.Exists(text);
        string reference = named ? text[(equals + 1)..] : text;
        if (string.IsNullOrWhiteSpace(reference))
            throw new UsageException($"'{text}' names no model; expected an artifact such as onnx/quickstart:latest, an ONNX file, or NAME=one of these.");

        StageInput input = StageInput.Parse(reference);
        string name = named ? text[..equals] : input.IsPath ? FileName(reference) : input.Reference.Name;
        string version = input.IsPath ? ArtifactReference.Latest : input.Reference.Digest?.Hex ?? input.Reference.Tag!;
        return new ModelChoice(name, version, reference);
    }

    /// <inheritdoc/>
    public override string ToString() => Reference;

    // What a file is called may hold anything; a route may not.
    private static string FileName(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string stem = Path.GetFileNameWithoutExtension(full);
        string name = stem == "model" ? Path.GetFileName(Path.GetDirectoryName(full) ?? stem) : stem;
        string clean = string.Concat(name.Select(letter => IsName(letter) ? letter : '-'));
        return clean.Length > 0 ? clean : "model";
    }

    private static bool IsName(string text) => text.All(IsName);

    private static bool IsName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-';
}
