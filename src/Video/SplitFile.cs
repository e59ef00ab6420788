namespace Unreel.Video;

/// <summary>A split that someone wrote down: lines <c>path train</c> or <c>path test</c>.</summary>
internal static class SplitFile
{
    public static ClipSplit Read(IClipSource source, string file)
    {
        var places = source.Items.Select(static (item, index) => (item.Name, index)).ToDictionary(static pair => pair.Name, static pair => pair.index, StringComparer.Ordinal);
        bool?[] tested = new bool?[source.Items.Count];
        foreach (ListLine line in ClipList.Read(file))
        {
            if (!places.TryGetValue(line.Path, out int index))
                throw new VideoException($"{file}:{line.Number}: there is no video {line.Path}; they are named like {source.Items[0].Name}.");
            if (tested[index] is not null)
                throw new VideoException($"{file}:{line.Number}: {line.Path} is listed twice.");

            tested[index] = line.Word switch
            {
                "train" => false,
                "test" => true,
                _ => throw new VideoException($"{file}:{line.Number}: expected \"path train\" or \"path test\", found \"{line.Path} {line.Word}\"."),
            };
        }

        if (Array.IndexOf(tested, null) is >= 0 and int missing)
            throw new VideoException($"{file}: does not say whether {source.Items[missing].Name} is train or test.");

        var parts = Enumerable.Range(0, tested.Length).ToLookup(index => tested[index] == true);
        return new ClipSplit([.. parts[false]], [.. parts[true]], []);
    }
}
