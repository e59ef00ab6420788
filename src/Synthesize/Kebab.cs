using System.Text.Json;

namespace Unreel.Synthesize;

/// <summary>Names as options and files have them.</summary>
internal static class Kebab
{
    /// <summary>A member's name: <c>TranslateLeft</c> is <c>translate-left</c>.</summary>
    public static string Of<T>(T member)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(member.ToString());
}
