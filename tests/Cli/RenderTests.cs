using System.Diagnostics;
using Unreel.Testing;
using YamlDotNet.RepresentationModel;

namespace Unreel.Cli.Tests;

/// <summary>Pipelines as Jobs of Kubernetes: the fields are those of its API, and the commands do in their order what a run does.</summary>
public sealed class RenderTests : IDisposable
{
    private const string Pipeline = """
        name: odd
        stages:
          motions:
            stage: synthesize
            matrix: { copy: [1, "it's"] }
            options: { kind: motions, count: 4, size: 32, frames: 8, seed: 1, materialize: mp4 }
            resources: { cores: 2, memory: 512MiB }
        """;

    // batch/v1 Job and v1 ConfigMap, as far as is used here, from the API's reference.
    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["ConfigMap"] = ["apiVersion", "kind", "metadata", "data"],
        ["Job"] = ["apiVersion", "kind", "metadata", "spec"],
        ["metadata"] = ["name", "namespace", "labels", "annotations"],
        ["Job.spec"] = ["parallelism", "completions", "completionMode", "backoffLimit", "podFailurePolicy", "template"],
        ["podFailurePolicy"] = ["rules"],
        ["rules"] = ["action", "onExitCodes", "onPodConditions"],
        ["onExitCodes"] = ["containerName", "operator", "values"],
        ["onPodConditions"] = ["type", "status"],
        ["template"] = ["metadata", "spec"],
        ["template.spec"] = ["restartPolicy", "serviceAccountName", "automountServiceAccountToken", "terminationGracePeriodSeconds", "securityContext", "containers", "volumes"],
        ["template.spec.securityContext"] = ["runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup", "seccompProfile"],
        ["seccompProfile"] = ["type"],
        ["containers"] = ["name", "image", "command", "args", "workingDir", "env", "resources", "securityContext", "volumeMounts"],
        ["containers.securityContext"] = ["allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"],
        ["capabilities"] = ["add", "drop"],
        ["env"] = ["name", "value", "valueFrom"],
        ["valueFrom"] = ["secretKeyRef"],
        ["secretKeyRef"] = ["name", "key"],
        ["resources"] = ["requests", "limits"],
        ["requests"] = ["cpu", "memory", "nvidia.com/gpu"],
        ["limits"] = ["cpu", "memory", "nvidia.com/gpu"],
        ["volumeMounts"] = ["name", "mountPath", "subPath", "readOnly"],
        ["volumes"] = ["name", "configMap", "emptyDir", "persistentVolumeClaim"],
        ["configMap"] = ["name"],
        ["emptyDir"] = [],
        ["persistentVolumeClaim"] = ["claimName"],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rendered_jobs_have_the_fields_of_the_API_and_hold_no_secret()
    {
        MicroPipeline.Write(_folder.Path);
        Good(await RenderAsync("micro.yaml", "--store-secret", "store/uri", "--shards", "3", "--nproc", "2", "--gpus", "1", "--namespace", "lab", "--service-account", "trainer"));

        string[] files = [.. Directory.GetFiles(Out, "*.yaml").Order(StringComparer.Ordinal)];
        Assert.Equal(9, files.Length);
        HashSet<string> names = [];
        foreach (string file in files)
        {
            YamlMappingNode root = Read(file);
            Check(root, Text(root["kind"]), string.Empty);
            Assert.True(names.Add(Text(root["metadata"]["name"])));
            Assert.Equal("lab", Text(root["metadata"]["namespace"]));
            if (Text(root["kind"]) == "Job")
                CheckJob(root);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(_folder.Path, "micro.yaml")), Text(Read(files[0])["data"]["pipeline.yaml"]));
        YamlNode parts = Read(files.Single(file => file.EndsWith("-motions-parts.yaml", StringComparison.Ordinal)))["spec"];
        Assert.Equal(["Indexed", "3", "3"], new[] { "completionMode", "completions", "parallelism" }.Select(key => Text(parts[key])));
        YamlNode train = Container(Read(files.Single(file => file.EndsWith("-pretrain.yaml", StringComparison.Ordinal))));
        Assert.Equal("2", Text(train["resources"]["limits"]["nvidia.com/gpu"]));
        Assert.Equal(["--nproc", "2"], ((YamlSequenceNode)train["args"]).Select(Text).TakeLast(2));
    }

    [Fact]
    public async Task The_script_creates_jobs_after_those_they_need_and_ends_with_the_first_that_fails()
    {
        MicroPipeline.Write(_folder.Path);
        Good(await RenderAsync("micro.yaml", "--store", "https://acme.blob.core.windows.net/unreel", "--shards", "2"));

        (int code, string[] calls) = Apply(string.Empty);
        Assert.Equal(0, code);
        string[] created = [.. calls.Where(call => call.StartsWith("create", StringComparison.Ordinal)).Select(call => call.Split("-f ")[1])];
        Assert.Equal(
            ["01-synthesize.yaml", "02-motions-parts.yaml", "03-motions.yaml", "04-pretrain.yaml", "05-finetune.yaml", "06-export.yaml", "07-evaluate-parts.yaml", "08-evaluate.yaml"],
            created);
        Assert.True(Array.FindLastIndex(calls, call => call.StartsWith("get job unreel-micro-motions-parts", StringComparison.Ordinal)) < Array.FindIndex(calls, call => call.Contains("03-motions.yaml", StringComparison.Ordinal)));

        (code, calls) = Apply("unreel-micro-pretrain");
        Assert.Equal(1, code);
        Assert.DoesNotContain(calls, call => call.Contains("05-finetune", StringComparison.Ordinal));
        Assert.Contains(calls, call => call.StartsWith("logs job/unreel-micro-pretrain", StringComparison.Ordinal));

        (code, calls) = Apply(string.Empty, lost: "unreel-micro-synthesize");
        Assert.Equal(1, code);
        Assert.Equal(2, calls.Count(call => call.StartsWith("get job unreel-micro-synthesize", StringComparison.Ordinal)));
        Assert.DoesNotContain(calls, call => call.Contains("04-pretrain", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pipeline_that_holds_a_secret_is_not_rendered()
    {
        string file = MicroPipeline.Write(_folder.Path);
        File.AppendAllText(file, "\n# https://acme.blob.core.windows.net/clips?sv=1&sig=abcdefgh\n");

        ProgramResult result = await RenderAsync("micro.yaml", "--store-secret", "store/uri");

        Assert.Equal(2, result.Code);
        Assert.Contains("must not be written into a ConfigMap", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Out));
    }

    [Fact]
    public async Task Commands_of_rendered_jobs_do_the_work_whatever_stages_are_called()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "odd.yaml"), Pipeline);
        Good(await RenderAsync("odd.yaml", "--store", "/data", "--claim", "data", "--shards", "2", "--set", "motions.frames=4"));
        string store = Path.Combine(_folder.Path, "store");
        foreach (string file in Directory.GetFiles(Out, "*.yaml").Order(StringComparer.Ordinal).Skip(3).Take(2))
        {
            YamlMappingNode job = Read(file);
            int count = job["spec"] is YamlMappingNode spec && spec.Children.TryGetValue("completions", out YamlNode? completions) ? int.Parse(Text(completions), System.Globalization.CultureInfo.InvariantCulture) : 1;
            for (int index = 0; index < count; index++)
            {
                string[] arguments = [.. ((YamlSequenceNode)Container(job)["args"]).Select(Text).Select(word => word.Replace("$$", "$", StringComparison.Ordinal)).Select(word => word == "/work/pipeline.yaml" ? "odd.yaml" : word)];
                Process process = UnreelProgram.Start(_folder.Path, [new("UNREEL_STORE", store), new("JOB_COMPLETION_INDEX", $"{index}")], arguments);
                Good(await UnreelProgram.EndAsync(process));
            }
        }

        ProgramResult listed = Good(await UnreelProgram.RunAsync(_folder.Path, "artifacts", "ls", "--store", store));
        Assert.Contains("motions-it-s", listed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--store holds a secret", "--store", "https://acme.blob.core.windows.net/c?sv=1&sig=abc")]
    [InlineData("--store-secret NAME/KEY", "--store-secret", "no key")]
    [InlineData("which is no URI", "--store", "folder")]
    [InlineData("expected 1 to 10000", "--store", "https://acme.blob.core.windows.net/c", "--shards", "0")]
    [InlineData("which pods do not see", "--store", "https://acme.blob.core.windows.net/c", "--set", "finetune.clips=/tmp")]
    public async Task What_pods_cannot_have_is_refused(string expected, params string[] arguments)
    {
        MicroPipeline.Write(_folder.Path);
        ProgramResult result = await RenderAsync("micro.yaml", arguments);
        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out) && Directory.EnumerateFiles(Out).Any());
    }

    private string Out => Path.Combine(_folder.Path, "jobs");

    private Task<ProgramResult> RenderAsync(string file, params string[] arguments) =>
        UnreelProgram.RunAsync(_folder.Path, ["render", "k8s", file, "--image", "registry.example.org/unreel:1", "--out", Out, .. arguments]);

    private static void CheckJob(YamlMappingNode root)
    {
        YamlNode container = Container(root);
        Assert.InRange(Text(root["metadata"]["name"]).Length, 1, 57);
        Assert.Equal("unreel", Text(container["command"][0]));
        Assert.Equal("true", Text(container["securityContext"]["readOnlyRootFilesystem"]));
        Assert.Equal("store", Text(container["env"][0]["valueFrom"]["secretKeyRef"]["name"]));
    }

    private static YamlNode Container(YamlMappingNode job) => job["spec"]["template"]["spec"]["containers"][0];

    // What a mapping may hold is known by its name, or by where it lies if the name is not enough. Labels and the like are the user's.
    private static void Check(YamlNode node, string name, string above)
    {
        if (node is YamlSequenceNode list)
        {
            foreach (YamlNode item in list)
                Check(item, name, above);
        }

        if (node is not YamlMappingNode map || name is "labels" or "annotations" or "data")
            return;

        string full = $"{above}.{name}".Trim('.');
        string[] allowed = Fields.FirstOrDefault(pair => full == pair.Key || (full.EndsWith("." + pair.Key, StringComparison.Ordinal) && pair.Key.Contains('.', StringComparison.Ordinal))).Value
            ?? Fields[name];
        foreach ((YamlNode key, YamlNode value) in map)
        {
            Assert.Contains(Text(key), allowed);
            Check(value, Text(key), full);
        }
    }

    private (int Code, string[] Calls) Apply(string failing, string lost = "none")
    {
        string kubectl = Path.Combine(_folder.Path, "kubectl"), log = Path.Combine(_folder.Path, "calls");
        File.Delete(log);
        File.WriteAllText(kubectl, """
            #!/bin/sh
            echo "$@" >>"$CALLS"
            case "$1 $3" in "get $LOST") exit 1 ;; get*) [ "$3" = "$FAILING" ] && echo "FailureTarget Failed " || echo "SuccessCriteriaMet Complete " ;; esac
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(kubectl, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        ProcessStartInfo start = new(Path.Combine(Out, "apply.sh")) { RedirectStandardError = true, RedirectStandardOutput = true };
        (start.Environment["KUBECTL"], start.Environment["CALLS"], start.Environment["FAILING"]) = (kubectl, log, failing);
        (start.Environment["LOST"], start.Environment["UNREEL_LOOKS"], start.Environment["UNREEL_POLL"]) = (lost, "2", "0");
        using Process process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllLines(log));
    }

    private static YamlMappingNode Read(string file)
    {
        YamlStream yaml = [];
        using StreamReader reader = new(file);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static ProgramResult Good(ProgramResult result)
    {
        Assert.True(result.Code == 0, result.ToString());
        return result;
    }
}
