using System.Formats.Tar;
using System.Text;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Layouts and archives that no honest writer makes: refused with a message, and nothing is in the store afterwards.</summary>
public sealed class HostileLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _target;

    public HostileLayoutTests() => _target = Shelf.Open(_folder, "target");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string, string> Replacements => new()
    {
        // A file of the layout, what is in it, what is put there instead, and what is said.
        { "oci-layout", "1.0.0", "2.0.0", "expected 1.0.0" },
        { "oci-layout", "{", "", "cannot be read" },
        { "index.json", "\"schemaVersion\":2", "\"schemaVersion\":3", "is no image index" },
        { "index.json", "image.index.v1", "image.other.v1", "is no image index" },
        { "index.json", "image.manifest.v1", "image.index.v1", "manifest.v1+json only" },
        { "index.json", "sha256:", "sha256:../../../../etc/passwd", "a digest is written as" },
        { "index.json", "sha256:", "SHA256:", "a digest is written as" },
        { "index.json", "\"manifests\":[", "\"manifests\":null,\"x\":[", "cannot be read" },
        { "index.json", "\"manifests\":[", "\"manifests\":[null,", "there is a null" },
        { "manifest", "\"layers\":[", "\"layers\":[null,", "there is a null" },
        { "index.json", "\"size\":", "\"size\":1", "what names it says" },
        { "index.json", "\"size\":", "\"size\":-", "names a manifest" },
        { "index.json", "\"size\":", "\"size\":99999999", "at most 4194304" },
        { "manifest", "model.onnx", "../../model.onnx", "cannot name a file" },
        { "manifest", "model.onnx", "/etc/cron.d/x", "it is absolute" },
        { "manifest", "model.onnx", "C:model.onnx", "begins like a drive" },
        { "manifest", "model.onnx", "a\\\\..\\\\b", "backslash" },
        { "manifest", "model.onnx", "a#b.onnx", "has a '#'" },
        { "manifest", "model.onnx", "a/./b", "empty part" },
        { "manifest", "model.onnx", "a\\ud800b", "cannot be" },
        { "manifest", "model.onnx", ".unreel-artifact", "the store's own" },
        { "manifest", "model.onnx", "", "it is empty" },
        { "manifest", "\"vnd.unreel.name\":\"tiny\"", "\"vnd.unreel.name\":\"ti/../ny\"", "is not an artifact reference" },
        { "manifest", "\"vnd.unreel.name\":\"tiny\"", "\"vnd.unreel.name\":\"tíny\"", "is not a name" },
        { "manifest", "\"size\":5", "\"size\":500", "what names it says 500" },
        { "manifest", "\"size\":5", "\"size\":0", "what names it says 0" },
        { "manifest", "sha256:", "sha384:", "a digest is written as" },
        { "manifest", "\"layers\":[", "\"layers\":[],\"layers\":[", "cannot be read" },
        { "lineage", "\"stage\":\"export\"", "\"stage\":{\"a\":1}", "The lineage of" },
        { "lineage", "\"inputs\":[]", "\"inputs\":[null]", "there is a null" },
        { "blob", "model", "MODEL", "is damaged" },
        { "blob", "model", "models", "has 6 bytes" },
    };

    [Theory]
    [MemberData(nameof(Replacements))]
    public async Task A_layout_that_says_what_cannot_be_is_refused(string file, string good, string bad, string why)
    {
        string layout = await LayoutAsync();
        await ReplaceAsync(layout, file, good, bad);

        StoreException refused = await Assert.ThrowsAnyAsync<StoreException>(() => ImportAsync(layout));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await _target.ListReferencesAsync(null, Shelf.Ct).ToListAsync());
        Assert.Empty(await _target.ListTagsAsync(null, Shelf.Ct).ToListAsync());
    }

    public static TheoryData<string, TarEntryType, string> Entries => new()
    {
        { "../outside", TarEntryType.RegularFile, "leads elsewhere" },
        { "blobs/../../outside", TarEntryType.RegularFile, "leads elsewhere" },
        { "/etc/passwd", TarEntryType.RegularFile, "leads elsewhere" },
        { "C:outside", TarEntryType.RegularFile, "leads elsewhere" },
        { "a\\..\\b", TarEntryType.RegularFile, "leads elsewhere" },
        { "a#b", TarEntryType.RegularFile, "leads elsewhere" },
        { "a\nb", TarEntryType.RegularFile, "layout.tar" },
        { "a//b", TarEntryType.RegularFile, "leads elsewhere" },
        { "../folder", TarEntryType.Directory, "leads elsewhere" },
        { "blobs/sha256", TarEntryType.SymbolicLink, "is a SymbolicLink" },
        { "link", TarEntryType.HardLink, "is a HardLink" },
        { "pipe", TarEntryType.Fifo, "is a Fifo" },
        { "device", TarEntryType.CharacterDevice, "is a CharacterDevice" },
        { "index.json", TarEntryType.RegularFile, "two entries 'index.json'" },
        { "./index.json", TarEntryType.RegularFile, "two entries 'index.json'" },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public async Task An_archive_with_such_an_entry_is_refused(string name, TarEntryType type, string why)
    {
        string archive = await ArchiveAsync(writer =>
        {
            PaxTarEntry entry = new(type, name);
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                entry.LinkName = "/etc/passwd";
            if (type == TarEntryType.RegularFile)
                entry.DataStream = new MemoryStream("{}"u8.ToArray());
            writer.WriteEntry(entry);
        });

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(archive));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_and_other_files_of_an_archive_are_passed_over()
    {
        string archive = await ArchiveAsync(writer =>
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "blobs/"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "wörld/読み.txt") { DataStream = new MemoryStream("hi"u8.ToArray()) });
        });

        Assert.Single(await ImportAsync(archive));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(700)]
    [InlineData(2500)]
    public async Task A_cut_archive_is_refused(int bytes)
    {
        string archive = await ArchiveAsync(_ => { });
        await using (FileStream file = File.OpenWrite(archive))
            file.SetLength(bytes);

        await Assert.ThrowsAnyAsync<StoreException>(() => ImportAsync(archive));
    }

    [Fact]
    public async Task A_compressed_archive_is_none()
    {
        string file = _folder.File("layout.tar");
        await using (System.IO.Compression.GZipStream output = new(File.Create(file), System.IO.Compression.CompressionLevel.Fastest))
            await output.WriteAsync(new byte[100_000]);

        StoreException refused = await Assert.ThrowsAnyAsync<StoreException>(() => ImportAsync(file));

        Assert.Contains("uncompressed", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index.json")]
    [InlineData("oci-layout")]
    [InlineData("blobs/sha256")]
    [InlineData("blobs")]
    [InlineData("blob")]
    public async Task Links_in_a_layout_are_not_followed(string what)
    {
        string layout = await LayoutAsync();
        string path = what == "blob" ? BlobOf(layout, "model") : Path.Combine(layout, what);
        string moved = _folder.File("moved");
        if (Directory.Exists(path))
        {
            Directory.Move(path, moved);
            Directory.CreateSymbolicLink(path, moved);
        }
        else
        {
            File.Move(path, moved);
            File.CreateSymbolicLink(path, moved);
        }

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(layout));

        Assert.Contains("is a link", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci-layout", 2 << 10)]
    [InlineData("index.json", 10 << 20)]
    [InlineData("manifest", 10 << 20)]
    public async Task Documents_of_megabytes_are_not_read(string file, int bytes)
    {
        string layout = await LayoutAsync();
        await ReplaceAsync(layout, file, "{", "{" + new string(' ', bytes));

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(layout));

        Assert.Contains("at most", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layout_that_is_none_is_named()
    {
        Directory.CreateDirectory(_folder.File("empty"));

        Assert.Contains("is no OCI layout", (await Assert.ThrowsAsync<StoreException>(() => ImportAsync(_folder.File("empty")))).Message, StringComparison.Ordinal);
        Assert.Contains("There is no file or folder", (await Assert.ThrowsAsync<StoreException>(() => ImportAsync(_folder.File("absent")))).Message, StringComparison.Ordinal);
    }

    private async Task<string> LayoutAsync()
    {
        ArtifactStore source = Shelf.Open(_folder, "source");
        await source.PublishAsync("onnx/tiny:latest", "model");
        ExchangePlan plan = await ExchangePlan.MakeAsync(source, [ArtifactReference.Parse("onnx/tiny")], new ExchangeOptions(), Shelf.Ct);
        return await new LayoutExport(source).RunAsync(plan, new ExchangeOptions(), _folder.File("layout"), Shelf.Ct);
    }

    private async Task<string> ArchiveAsync(Action<TarWriter> add)
    {
        string layout = await LayoutAsync(), archive = _folder.File("layout.tar");
        await using FileStream output = File.Create(archive);
        await using TarWriter writer = new(output, TarEntryFormat.Pax);
        foreach (string file in Directory.EnumerateFiles(layout, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            await writer.WriteEntryAsync(file, Path.GetRelativePath(layout, file));

        add(writer);
        return archive;
    }

    /// <summary>Changes a file and, where others name it by its digest, these too: what is left is a lie and no damage.</summary>
    private static async Task ReplaceAsync(string layout, string what, string good, string bad)
    {
        string path = what switch
        {
            "manifest" => BlobOf(layout, "\"layers\""),
            "lineage" => BlobOf(layout, "\"stage\""),
            "blob" => BlobOf(layout, "model", exactly: true),
            _ => Path.Combine(layout, what),
        };
        string text = await File.ReadAllTextAsync(path);
        Assert.Contains(good, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(good, bad, StringComparison.Ordinal), new UTF8Encoding(false));
        if (what is "manifest" or "lineage")
            await RenameAsync(layout, path);
    }

    private static async Task RenameAsync(string layout, string path)
    {
        byte[] bytes = await File.ReadAllBytesAsync(path);
        string old = Path.GetFileName(path), now = Digest.Of(bytes).Hex;
        File.Move(path, Path.Combine(Path.GetDirectoryName(path)!, now));
        foreach (string file in Directory.EnumerateFiles(layout, "*", SearchOption.AllDirectories).ToArray())
        {
            string text = await File.ReadAllTextAsync(file);
            if (!text.Contains(old, StringComparison.Ordinal))
                continue;

            int size = text.IndexOf("\"size\":", text.IndexOf(old, StringComparison.Ordinal), StringComparison.Ordinal) + "\"size\":".Length;
            int end = text.IndexOfAny([',', '}'], size);
            await File.WriteAllTextAsync(file, (text[..size] + bytes.Length + text[end..]).Replace(old, now, StringComparison.Ordinal), new UTF8Encoding(false));
            if (Path.GetFileName(file) != "index.json")
                await RenameAsync(layout, file);
        }
    }

    private static string BlobOf(string layout, string text, bool exactly = false) => Directory.EnumerateFiles(Path.Combine(layout, "blobs", "sha256"))
        .Single(file => File.ReadAllText(file) is var content && (exactly || text == "model" ? content == text : content.Contains(text, StringComparison.Ordinal)));

    private async Task<IReadOnlyList<ImportedArtifact>> ImportAsync(string path)
    {
        OciLayout layout = await OciLayout.OpenAsync(path, Shelf.Ct);
        return await new LayoutImport(_target, TimeProvider.System).RunAsync(layout, null, null, Shelf.Ct);
    }
}
