using System.Diagnostics;

namespace Unreel.Pipelines.Tests;

/// <summary>Words that a shell must read as they are, in what is handed to clusters.</summary>
public sealed class ShellTextTests
{
    public static TheoryData<string> Words => [.. Odd];

    private static readonly string[] Odd =
    [
        "", "plain", "two words", " leading and trailing ", "it's", "''", "\"double\"", "new\nline", "\n", "tab\there", "$HOME", "$(touch x)", "`id`", "a;b", "a&&b", "a|b", "*", "?", "[axis=1,other=2]",
        "train[lr=0.1,name=it's \"odd\"\nvalue]", "\\", "\\'", "'\\''", "-dash", "--option=value", "~", "#comment", "!event", "{a,b}", "größe", "日本語", "😀", "a\rb", "%j", "=x", "<in", ">out", "a\\nb", "\u001b[31m",
    ];

    [Theory]
    [MemberData(nameof(Words))]
    public void A_shell_reads_what_was_written(string word)
    {
        foreach (string shell in new[] { "/bin/sh", "/bin/bash" })
            Assert.Equal(["before", word, "after"], Read(shell, $"printf '%s\\0' {ShellText.Join(["before", word, "after"])}"));
    }

    [Fact]
    public void A_NUL_is_refused() => Assert.Throws<UsageException>(() => ShellText.Quote("a\0b"));

    [Theory]
    [MemberData(nameof(Words))]
    public void A_jobs_script_runs_the_command_as_it_is_wherever_it_lies(string word)
    {
        using Testing.TemporaryFolder folder = new();
        string name = word.Replace('/', ' ').Trim() is { Length: > 0 } some && some is not ("." or "..") ? some : "folder";
        string place = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(place);
        EngineJob job = new() { Name = "stage", StageId = word, Command = ["printf", "%s\\0", word, "end"] };

        string script = SlurmScript.Text(job, new SlurmOptions { Folder = place }, place);
        string file = Path.Combine(folder.Path, "script");
        File.WriteAllText(file, script);

        Assert.Equal([word, "end"], Read("/bin/bash", null, file));
        Assert.Equal("0\n", File.ReadAllText(Path.Combine(place, "stage.0.exit")));
    }

    [Fact]
    public void Sbatch_is_told_everything_in_arguments_of_its_own()
    {
        EngineJob job = new()
        {
            Name = "train-parts",
            StageId = "train[lr=0.1,why=it's\n\"odd\"]",
            Command = ["unreel"],
            Parts = 4,
            Resources = new JobResources(8, 2, (1L << 30) + 1),
        };
        SlurmOptions options = new() { Folder = "/a b", Partition = "gpu", Account = "lab", Time = "1-0" };

        IReadOnlyList<string> arguments = SlurmScript.Arguments(new EnginePlan("my\tpipeline", [job]), job, options, "/logs/100%j", ["12", "13"]);

        Assert.Equal(
            [
                "--parsable", "--job-name=unreel-my pipeline-train[lr=0.1,why=it's \"odd\"]", "--comment=unreel 100%j my pipeline: train[lr=0.1,why=it's \"odd\"]",
                "--chdir=/logs/100%j", "--input=/dev/null", "--output=train-parts.%A_%a.log", "--ntasks=1", "--array=0-3",
                "--dependency=afterok:12:13", "--kill-on-invalid-dep=yes", "--cpus-per-task=8", "--gpus-per-task=2", "--mem=1025M",
                "--partition=gpu", "--account=lab", "--time=1-0",
            ],
            arguments);
    }

    private static string[] Read(string shell, string? command, params string[] arguments)
    {
        ProcessStartInfo start = new(shell, command is null ? arguments : ["-c", command]) { RedirectStandardOutput = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return [.. output.Split('\0')[..^1]];
    }
}
