using FsCheck;
using FsCheck.Fluent;

namespace Unreel.Artifacts.Tests;

/// <summary>References are read as they are written, and nothing else is read.</summary>
public sealed class ArtifactReferenceTests
{
    private const string NameInside = "abcxyz0189._-";
    private const string TagInside = "abcXYZ0189._-";

    private static Arbitrary<ArtifactReference> References { get; } = (
        from kind in Gen.Elements(Enum.GetValues<ArtifactKind>())
        from name in Text(NameInside, 40)
        from tag in Text(TagInside, 40)
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255).Select(i => (byte)i))
        from byDigest in Gen.Elements(true, false)
        select byDigest
            ? ArtifactReference.To(new(kind, Mended(name), Digest.Of(bytes)))
            : ArtifactReference.ToTag(kind, Mended(name), "_" + tag)).ToArbitrary();

    private static Gen<string> Text(string letters, int max) =>
        Gen.Choose(0, max).SelectMany(n => Gen.ArrayOf(Gen.Elements(letters.ToCharArray()), n)).Select(c => new string(c));

    // Two punctuation marks in a row, or one at the end, make no name.
    private static string Mended(string name) =>
        "n" + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? $"{c}" : $"{c}0"));

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll(References, reference => ArtifactReference.Parse(reference.ToString()) == reference).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_refused_with_a_reason() =>
        Prop.ForAll<string>(text =>
            ArtifactReference.TryParse(text, out ArtifactReference? reference, out string? why)
                ? why is null && ArtifactReference.Parse(reference.ToString()) == reference
                : !string.IsNullOrEmpty(why)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("weights/tiny", "weights/tiny:latest")]
    [InlineData("weights/tiny:v1.2", "weights/tiny:v1.2")]
    [InlineData("onnx/a.b-c_d:1", "onnx/a.b-c_d:1")]
    public void Good_references(string text, string meaning) => Assert.Equal(meaning, ArtifactReference.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("tiny")]
    [InlineData("Weights/tiny")]
    [InlineData("weights/Tiny")]
    [InlineData("weights/")]
    [InlineData("weights/..")]
    [InlineData("weights/a..b")]
    [InlineData("weights/tiny:")]
    [InlineData("weights/tiny:.x")]
    [InlineData("weights/tiny:a/b")]
    [InlineData("weights/tiny:a\n")]
    [InlineData("weights/tiny@latest")]
    [InlineData("weights/tiny@sha256:ABC")]
    [InlineData("weights/a/b")]
    public void Bad_references_say_what_was_expected(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => ArtifactReference.Parse(text));

        Assert.Contains("kind/name:tag", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Digests_are_strict()
    {
        string hex = new('a', 64);
        Assert.True(Digest.TryParse($"sha256:{hex}", out Digest digest));
        Assert.Equal($"sha256:{hex}", digest.ToString());
        Assert.False(Digest.TryParse(hex, out _));
        Assert.False(Digest.TryParse($"sha256:{hex.ToUpperInvariant()}", out _));
        Assert.False(Digest.TryParse($"sha512:{hex}", out _));
        Assert.Equal("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Digest.Of([]).ToString());
    }
}
