namespace Unreel.Artifacts;

/// <summary>Where the cache of finished work keeps its records, for those who write, copy and collect them.</summary>
public static class WorkRecords
{
    /// <summary>The folder among the records.</summary>
    internal const string Folder = "keys/";

    /// <summary>The record that says what the work with this key led to.</summary>
    public static string PathOf(Digest key) => Folder + key.Hex;
}
