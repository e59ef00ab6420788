using System.Text.Json;

namespace Unreel.Video;

/// <summary>Opens whatever holds videos: a recipe, a list, class folders, or a folder of videos.</summary>
public static class ClipDataset
{
    /// <summary>The file that makes a folder a recipe.</summary>
    public const string RecipeFile = "recipe.json";

    /// <summary>The file that makes a folder a list; see <see cref="ClipList"/>.</summary>
    public const string ListFile = "clips.csv";

    /// <summary>
    /// Opens <paramref name="path"/>: a folder with <see cref="RecipeFile"/>, a folder with <see cref="ListFile"/>, a list
    /// file, a folder of class folders (the label of a video is the folder it is below), or a flat folder of videos without
    /// labels. Videos come in ordinal order of their names, labels in ordinal order.
    /// </summary>
    /// <param name="path">A folder or a list file.</param>
    /// <param name="recipes">The readers of recipes; the one whose format the recipe names opens it.</param>
    /// <exception cref="VideoException">There is nothing at the path, no video in it, or a class folder without videos; the message names it.</exception>
    public static IClipSource Open(string path, IEnumerable<IClipRecipeReader> recipes)
    {
        if (File.Exists(path))
            return Path.GetFileName(path) == RecipeFile ? OpenRecipe(path, recipes) : ClipList.Open(path);
        if (!Directory.Exists(path))
            throw new VideoException($"{path}: there is no such folder or list of videos.");

        string recipe = Path.Combine(path, RecipeFile);
        if (File.Exists(recipe))
            return OpenRecipe(recipe, recipes);

        string list = Path.Combine(path, ListFile);
        if (File.Exists(list))
            return ClipList.Open(list);
        if (Directory.EnumerateFiles(path, "clips-*.tar").Order(StringComparer.Ordinal).FirstOrDefault() is { } shard)
            throw new VideoException($"{path}: holds tar shards ({Path.GetFileName(shard)} and on), which are for other tools; expected a recipe, a list of videos, or videos. Make the set with materialize: none, mp4 or frames to train on it here.");

        return OpenFolder(path);
    }

    private static IClipSource OpenRecipe(string file, IEnumerable<IClipRecipeReader> recipes)
    {
        using JsonDocument document = Parse(file);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String)
            throw new VideoException($"{file}: a recipe is a JSON object with a \"format\".");

        IClipRecipeReader[] known = [.. recipes];
        IClipRecipeReader reader = Array.Find(known, candidate => candidate.Format == format.GetString())
            ?? throw new VideoException($"{file}: its format \"{format.GetString()}\" is not known; known: {Known(known)}.");
        return reader.Open(document.RootElement.Clone(), Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    private static string Known(IClipRecipeReader[] readers) => readers.Length == 0 ? "none" : string.Join(", ", readers.Select(static reader => reader.Format));

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException error)
        {
            throw new VideoException($"{file}: is not valid JSON: {error.Message}", error);
        }
    }

    private static FileClips OpenFolder(string root)
    {
        string[] files = [.. Find(root)];
        string[] classes = [.. Directory.EnumerateDirectories(root).Select(static folder => Path.GetFileName(folder)).Where(static name => name[0] != '.').Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            throw new VideoException($"{root}: holds no videos (looked for {string.Join(" ", VideoFiles.Extensions.Order(StringComparer.Ordinal))}).");
        if (Array.Exists(files, static file => !file.Contains('/', StringComparison.Ordinal)))
            return Flat(root, files, classes);

        string[] names = [.. files.Select(static file => file[..file.IndexOf('/', StringComparison.Ordinal)])];
        if (classes.Except(names).FirstOrDefault() is { } empty)
            throw new VideoException($"{Path.Combine(root, empty)}: the class folder holds no videos.");

        return new FileClips(root, [.. files.Select((file, i) => new ClipItem(file, Array.BinarySearch(classes, names[i], StringComparer.Ordinal)))], classes);
    }

    private static FileClips Flat(string root, string[] files, string[] folders)
    {
        if (Array.Find(files, static file => file.Contains('/', StringComparison.Ordinal)) is { } nested)
            throw new VideoException($"{root}: holds videos both beside and inside folders (such as {nested}); it must be either class folders or a flat folder. Its folders: {string.Join(", ", folders)}.");

        return new FileClips(root, [.. files.Select(static file => new ClipItem(file, -1))], []);
    }

    private static IEnumerable<string> Find(string root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false };
        return Directory.EnumerateFiles(root, "*", options)
            .Where(VideoFiles.IsVideo)
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal);
    }
}
