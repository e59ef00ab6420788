using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>What the user got wrong is named, with the exit code the design gives it, and leaves nothing behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run nothing.yaml", "nothing.yaml")]
    [InlineData("rum nothing.yaml", "rum")]
    [InlineData("run", "'run'")]
    [InlineData("pretrain --set epochs=3", "clips")]
    [InlineData("pretrain --set clips=absent-folder", "absent-folder")]
    [InlineData("pretrain --set clips=. --set epochs=-1", "epochs")]
    [InlineData("pretrain --set clips=. --set epoch=3", "epochs")]
    [InlineData("pretrain --set clips=clips/none:latest", "clips/none:latest")]
    [InlineData("synthesize --set count=0", "count")]
    [InlineData("synthesize --set count=1 --set preset=moving-circle", "moving-circles")]
    [InlineData("synthesize preview moving-circle", "moving-circles")]
    [InlineData("synthesize preview moving-circles --sise 64", "did you mean '--size'")]
    [InlineData("textures --family spectrum --count 9000000", "an artifact lists at most")]
    [InlineData("synthesize --set count=1 --set materialize=tar", "webdataset")]
    [InlineData("synthesize --set count=1 --set materialize=webdataset --set size=33", "size is 33")]
    [InlineData("synthesize --set count=1 --set shard_size=8", "shard_size")]
    [InlineData("synthesize --set count=20000 --set materialize=mp4", "webdataset")]
    [InlineData("synthesize --cuont 3", "did you mean '--count'")]
    [InlineData("synthesize --count", "--count has no value")]
    [InlineData("synthesize --count 1 --count 2", "--count is given 2 times")]
    [InlineData("synthesize some", "'some' is no option")]
    [InlineData("synthesize --count 1 --preset saturated-textures", "unreel textures --family spectrum-colour-wavelet")]
    [InlineData("textures --family images", "images: a folder")]
    [InlineData("textures --family images --images absent", "absent")]
    [InlineData("textures --family oil --count 1", "stylegan-oriented")]
    [InlineData("bench", "'bench'")]
    [InlineData("bench synthesise", "did you mean 'synthesize'")]
    [InlineData("artifacts ls videos", "videos")]
    [InlineData("artifacts show onnx", "onnx")]
    [InlineData("artifacts show onnx/none", "onnx/none")]
    [InlineData("artifacts get onnx/none", "onnx/none")]
    [InlineData("artifacts put report/notes nothing.txt", "nothing.txt")]
    [InlineData("artifacts put report/../notes nothing.txt", "report/../notes")]
    [InlineData("serve", "--model")]
    [InlineData("serve --model nothing.onnx --port 0", "nothing.onnx")]
    [InlineData("serve --model nothing.onnx --port 99999", "--port")]
    [InlineData("serve --model nothing.onnx --port 0 --host 0.0.0.0", "UNREEL_KEYS")]
    [InlineData("score --model nothing.onnx --videos . --out scores.csv", "nothing.onnx")]
    [InlineData("score --model nothing.onnx --videos absent --out scores.csv", "absent")]
    [InlineData("score --model nothing.onnx --videos . --out scores.txt", "scores.txt")]
    [InlineData("serve --model nothing.onnx --port 0 --deadline NaN", "--deadline")]
    [InlineData("serve --model nothing.onnx --port 0 --deadline 1e12", "--deadline")]
    [InlineData("serve --model nothing.onnx --port 0 --deadline -1", "--deadline")]
    [InlineData("artifacts get onnx/none --out ", "--out")]
    [InlineData("artifacts put report/notes ", "no file or folder")]
    [InlineData("score --model nothing.onnx --videos . --out ", "output")]
    [InlineData("score --model nothing.onnx --videos  --out scores.csv", "artifact of videos")]
    [InlineData("run ", "YAML file is empty")]
    [InlineData("pretrain --config ", "YAML file is empty")]
    [InlineData("synthesize --set count=1 --log-level loud", "--log-level")]
    public async Task Usage_errors_end_with_2_and_name_the_thing(string arguments, string named)
    {
        await File.WriteAllTextAsync(_folder.File("clip.mp4"), "no video");

        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, arguments.Split(' '));

        Assert.True(result.Code == 2, result.ToString());
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_keys_are_named_with_line_and_column()
    {
        await File.WriteAllTextAsync(_folder.File("bad.yaml"), "name: bad\nstages:\n  synthesize:\n    options:\n      cuont: 3\n");

        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, "run", "bad.yaml");

        Assert.Equal(2, result.Code);
        Assert.Contains("bad.yaml:5:7", result.Error, StringComparison.Ordinal);
        Assert.Contains("count", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File(".unreel", "tags")));
    }

    [Fact]
    public async Task Missing_folders_are_named_before_anything_runs()
    {
        MicroPipeline.Write(_folder.Path);

        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, "run", "micro.yaml", "--set", "finetune.clips=absent");

        Assert.Equal(2, result.Code);
        Assert.Contains("finetune.clips", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("synthesize: running", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("synthesize preview --help", "PRESET|preset")]
    [InlineData("pretrain --help", "--mask-ratio")]
    [InlineData("run --help", "beside it")]
    [InlineData("bench --help", "synthesize: ")]
    [InlineData("", "artifacts")]
    public async Task Help_is_given_whatever_else_is_missing(string arguments, string teaches)
    {
        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, result.Code);
        Assert.Contains(teaches.Split('|'), word => result.Output.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Class_with_one_clip_is_named()
    {
        await MakeClipsAsync();
        File.Delete(Directory.EnumerateFiles(_folder.File("clips", "grow")).First());

        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, "finetune", "--set", "clips=clips", "--set", "steps=1");

        Assert.Equal(2, result.Code);
        Assert.Contains("grow", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.safetensors", "no tensors")]
    [InlineData("model.safetensors", "")]
    [InlineData("model.json", "{}")]
    public async Task Corrupt_checkpoints_are_named(string file, string content)
    {
        await MakeClipsAsync();
        Directory.CreateDirectory(_folder.File("encoder"));
        await File.WriteAllTextAsync(_folder.File("encoder", "model.safetensors"), "12345678");
        await File.WriteAllTextAsync(_folder.File("encoder", file), content);

        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, "finetune", "--set", "clips=clips", "--set", "encoder=encoder", "--set", "steps=1");

        Assert.True(result.Code == 2, result.ToString());
        Assert.Contains("encoder", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--port", "0")]
    [InlineData("score", "--videos", ".", "--out", "scores.csv")]
    public async Task Truncated_models_are_named(string command, params string[] more)
    {
        await File.WriteAllBytesAsync(_folder.File("model.onnx"), [8, 8, 18, 200]);
        await File.WriteAllTextAsync(_folder.File("clip.mp4"), "no video");

        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, [command, "--model", "model.onnx", .. more]);

        Assert.True(result.Code == 2, result.ToString());
        Assert.Contains("model.onnx", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("scores.csv")));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/devstoreaccount1/unreel")]
    [InlineData("clip.mp4")]
    public async Task Stores_that_are_not_reachable_are_named(string store)
    {
        await File.WriteAllTextAsync(_folder.File("clip.mp4"), "a file where a folder should be");

        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, "artifacts", "ls", "--store", store);

        Assert.True(result.Code == 1, result.ToString());
        Assert.Contains(store, result.Error, StringComparison.Ordinal);
    }

    [ProgramTheory("unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt")]
    [InlineData("mp4")]
    [InlineData("frames")]
    [InlineData("webdataset --set shard_size=8")]
    public async Task Full_disks_are_named_and_the_run_is_taken_up_when_there_is_room(string form)
    {
        string disk = Directory.CreateDirectory(_folder.File("disk")).FullName;
        string command = $"dotnet {Path.Combine(AppContext.BaseDirectory, "unreel.dll")} synthesize --store {disk}/store "
            + $"--set kind=motions --set count=48 --set size=64 --set frames=16 --set materialize={form}";
        string script = $"mount -t tmpfs -o size=250k tmpfs {disk} && {command}; echo code: $?; "
            + $"echo tags: $(find {disk}/store/tags -type f 2>/dev/null | wc -l); echo half: $(find {disk} -name '*.part*' | wc -l); "
            + $"mount -o remount,size=64m {disk} && {command} 2>&1 | sed 's/^/again: /'; echo left: $(find {disk}/store/work -type f | wc -l)";

        (_, string output) = Judges.Run("unshare", "-rm", "sh", "-c", script);
        ProgramResult undisturbed = await UnreelProgram.RunAsync(
            _folder.Path, ["synthesize", "--set", "kind=motions", "--set", "count=48", "--set", "size=64", "--set", "frames=16", .. $"--set materialize={form}".Split(' ')]);

        Assert.Matches("code: [12]\\b", output);
        Assert.Contains(disk, output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", output, StringComparison.Ordinal);
        Assert.Contains("tags: 0", output, StringComparison.Ordinal);
        Assert.Contains("half: 0", output, StringComparison.Ordinal);
        Assert.Contains("left: 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Matches("again: synthesize: encoding [1-9]", output);
        Assert.Equal(DigestIn(undisturbed.Error), DigestIn(output));
    }

    [ProgramFact("unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt")]
    public async Task A_pool_that_meets_a_full_disk_is_made_when_there_is_room()
    {
        string[] options = ["--set", "family=spectrum", "--set", "count=4"];
        string disk = Directory.CreateDirectory(_folder.File("disk")).FullName;
        string command = $"dotnet {Path.Combine(AppContext.BaseDirectory, "unreel.dll")} textures --store {disk}/store {string.Join(' ', options)}";
        string script = $"mount -t tmpfs -o size=500k tmpfs {disk} && {command}; echo code: $?; echo half: $(find {disk} -name '*.part*' | wc -l); "
            + $"mount -o remount,size=64m {disk} && {command}";

        (_, string output) = Judges.Run("unshare", "-rm", "sh", "-c", script);
        ProgramResult undisturbed = await UnreelProgram.RunAsync(_folder.Path, ["textures", .. options]);

        Assert.Matches("code: [12]\\b", output);
        Assert.Contains(disk, output, StringComparison.Ordinal);
        Assert.Contains("textures cannot be written", output, StringComparison.Ordinal);
        Assert.Contains("half: 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.NotEmpty(DigestIn(output));
        Assert.Equal(DigestIn(undisturbed.Error), DigestIn(output));
    }

    private static string DigestIn(string output) => System.Text.RegularExpressions.Regex.Match(output, "done in .*@(sha256:[0-9a-f]{64})").Groups[1].Value;

    private async Task MakeClipsAsync()
    {
        ProgramResult made = await UnreelProgram.RunAsync(
            _folder.Path, "synthesize", "--name", "motions", "--set", "kind=motions", "--set", "count=16", "--set", "size=32", "--set", "frames=8", "--set", "materialize=mp4");
        ProgramResult fetched = await UnreelProgram.RunAsync(_folder.Path, "artifacts", "get", "clips/motions", "--out", "fetched");
        Assert.True(made.Code == 0 && fetched.Code == 0, made.ToString() + fetched);
        foreach (string video in Directory.EnumerateFiles(_folder.File("fetched"), "s*.mp4", SearchOption.AllDirectories))
        {
            string label = Path.GetFileNameWithoutExtension(video).Split('_')[1];
            Directory.CreateDirectory(_folder.File("clips", label));
            File.Move(video, _folder.File("clips", label, Path.GetFileName(video)));
        }
    }
}
