using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Unreel.Pipelines;

/// <summary>Writes a plan as Jobs of Kubernetes, and the script that applies them in their order.</summary>
public sealed partial class KubernetesRenderer(KubernetesOptions options)
{
    /// <summary>Where the pipeline file lies in a pod; beside it, pods work.</summary>
    public const string PipelinePath = "/work/pipeline.yaml";

    private const int MaxPipelineChars = 900_000;
    private const int User = 10001;

    private static readonly string[] AllCapabilities = ["ALL"];
    private static readonly int[] FinalCodes = [ExitCodes.Usage, ExitCodes.GateRefused, ExitCodes.TooManyBadItems];

    private static readonly ISerializer Yaml = new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).DisableAliases().Build();

    /// <summary>Renders all files.</summary>
    /// <param name="plan">The jobs; their command begins with the program's name in the image.</param>
    /// <param name="pipeline">The text of the pipeline file.</param>
    /// <exception cref="UsageException">Something cannot be said in Kubernetes, or would write a secret into a file.</exception>
    public IReadOnlyList<RenderedFile> Render(EnginePlan plan, string pipeline)
    {
        Check(pipeline);
        string prefix = Prefix(plan.Pipeline);
        List<RenderedFile> files = [new("00-pipeline.yaml", Header + Yaml.Serialize(ConfigMap(prefix, pipeline)))];
        List<(string Job, string File, int Wave)> order = [];
        Dictionary<string, int> waves = [];
        foreach ((int index, EngineJob job) in plan.Jobs.Index())
        {
            int wave = waves[job.Name] = job.After.Count == 0 ? 0 : 1 + job.After.Max(name => waves[name]);
            string file = string.Create(CultureInfo.InvariantCulture, $"{index + 1:d2}-{job.Name}.yaml");
            files.Add(new RenderedFile(file, Header + Yaml.Serialize(Job(prefix, job))));
            order.Add(($"{prefix}-{job.Name}", file, wave));
        }

        files.Add(new RenderedFile("apply.sh", KubernetesScript.Write(options.Namespace, order)));
        return files;
    }

    private const string Header = "# Written by unreel render k8s; render it again rather than change it.\n";

    private static Dictionary<string, object> Map(params (string Key, object? Value)[] entries) =>
        entries.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);

    private Dictionary<string, object> ConfigMap(string prefix, string pipeline) => Map(
        ("apiVersion", "v1"),
        ("kind", "ConfigMap"),
        ("metadata", Map(("name", $"{prefix}-pipeline"), ("namespace", options.Namespace), ("labels", Labels(prefix, null)))),
        ("data", Map(("pipeline.yaml", pipeline))));

    private Dictionary<string, object> Job(string prefix, EngineJob job) => Map(
        ("apiVersion", "batch/v1"),
        ("kind", "Job"),
        ("metadata", Map(
            ("name", $"{prefix}-{job.Name}"),
            ("namespace", options.Namespace),
            ("labels", Labels(prefix, job)),
            ("annotations", Map(("unreel/stage", job.StageId))))),
        ("spec", Map(
            ("completionMode", job.Parts is null ? null : "Indexed"),
            ("completions", job.Parts),
            ("parallelism", job.Parts),
            ("backoffLimit", 2 * (job.Parts ?? 1)),
            ("podFailurePolicy", FailurePolicy()),
            ("template", Map(("metadata", Map(("labels", Labels(prefix, job)))), ("spec", Pod(prefix, job)))))));

    // What was asked for is wrong, a gate refused, too many items are bad: another try would say the same. A drained node says nothing of the work.
    private static Dictionary<string, object> FailurePolicy() => Map(("rules", new object[]
    {
        Map(("action", "FailJob"), ("onExitCodes", Map(("containerName", "stage"), ("operator", "In"), ("values", FinalCodes)))),
        Map(("action", "Ignore"), ("onPodConditions", new object[] { Map(("type", "DisruptionTarget"), ("status", "True")) })),
    }));

    private Dictionary<string, object> Pod(string prefix, EngineJob job) => Map(
        ("restartPolicy", "Never"),
        ("serviceAccountName", options.ServiceAccount),
        ("automountServiceAccountToken", false),
        ("terminationGracePeriodSeconds", 120),
        ("securityContext", Map(("runAsNonRoot", true), ("runAsUser", User), ("runAsGroup", User), ("fsGroup", User), ("seccompProfile", Map(("type", "RuntimeDefault"))))),
        ("containers", new object[] { Container(job) }),
        ("volumes", new[]
        {
            Map(("name", "pipeline"), ("configMap", Map(("name", $"{prefix}-pipeline")))),
            Map(("name", "work"), ("emptyDir", new Dictionary<string, object>())),
            Map(("name", "tmp"), ("emptyDir", new Dictionary<string, object>())),
            options.Claim is { } claim ? Map(("name", "store"), ("persistentVolumeClaim", Map(("claimName", claim)))) : null,
        }.OfType<Dictionary<string, object>>().ToArray()));

    private Dictionary<string, object> Container(EngineJob job) => Map(
        ("name", "stage"),
        ("image", options.Image),
        ("command", new[] { job.Command[0] }),
        ("args", Arguments(job)),
        ("workingDir", "/work"),
        ("env", new object[] { Store(), Map(("name", "HOME"), ("value", "/work")), Map(("name", "OMP_WAIT_POLICY"), ("value", "PASSIVE")) }),
        ("resources", Resources(job)),
        ("securityContext", Map(("allowPrivilegeEscalation", false), ("readOnlyRootFilesystem", true), ("capabilities", Map(("drop", AllCapabilities))))),
        ("volumeMounts", new[]
        {
            Map(("name", "work"), ("mountPath", "/work")),
            Map(("name", "pipeline"), ("mountPath", PipelinePath), ("subPath", "pipeline.yaml"), ("readOnly", true)),
            Map(("name", "tmp"), ("mountPath", "/tmp")),
            options.Claim is null ? null : Map(("name", "store"), ("mountPath", options.Store)),
        }.OfType<Dictionary<string, object>>().ToArray()));

    // Kubernetes puts variables where it finds $(NAME); $$ is a dollar to it. Several processes of a pod share its machine.
    private static string[] Arguments(EngineJob job) =>
    [
        .. job.Command.Skip(1).Select(word => word.Replace("$", "$$", StringComparison.Ordinal)),
        .. job.Processes > 1 ? (string[])["--nproc", Text(job.Processes)] : [],
    ];

    private Dictionary<string, object> Store()
    {
        if (options.StoreSecret is not { } secret)
            return Map(("name", "UNREEL_STORE"), ("value", options.Store!.Replace("$", "$$", StringComparison.Ordinal)));

        string[] parts = secret.Split('/');
        return Map(("name", "UNREEL_STORE"), ("valueFrom", Map(("secretKeyRef", Map(("name", parts[0]), ("key", parts[1]))))));
    }

    private static Dictionary<string, object> Resources(EngineJob job)
    {
        string cores = Text((job.Resources.Cores ?? 1) * job.Processes), memory = job.Resources.MemoryBytes is { } bytes ? Text(bytes) : "2Gi";
        return Map(
            ("requests", Map(("cpu", cores), ("memory", memory))),
            ("limits", Map(
                ("memory", job.Resources.MemoryBytes is null ? null : memory),
                ("nvidia.com/gpu", job.Resources.Gpus == 0 ? null : Text(job.Resources.Gpus * job.Processes)))));
    }

    private Dictionary<string, object> Labels(string prefix, EngineJob? job) => Map(
        ("app.kubernetes.io/name", "unreel"),
        ("app.kubernetes.io/instance", prefix),
        ("app.kubernetes.io/component", job?.Name),
        ("azure.workload.identity/use", options.ServiceAccount is null || job is null ? null : "true"));

    private void Check(string pipeline)
    {
        if (pipeline.Length > MaxPipelineChars)
            throw new UsageException($"The pipeline file has {pipeline.Length} characters; a ConfigMap holds at most {MaxPipelineChars} of them.");
        if (SecretText.Holds(pipeline))
            throw new UsageException("The pipeline file holds what looks like a secret (a key, a token, a password, a signature of a URI), which must not be written into a ConfigMap; put a store's URI into a Secret and name that with --store-secret NAME/KEY.");
        if (options.StoreSecret is { } secret ? !SecretName().IsMatch(secret) || options.Store is not null : options.Store is null)
            throw new UsageException("Expected the store as --store URI, or --store-secret NAME/KEY with the Secret's name and the key that holds the URI, and not both.");
        if (options.Store is { } store && (store.Contains('?', StringComparison.Ordinal) || store.Contains("Key=", StringComparison.OrdinalIgnoreCase) || store.Contains('@', StringComparison.Ordinal)))
            throw new UsageException("--store holds a secret, which must not be written into a file; put the URI into a Secret and name that with --store-secret NAME/KEY, or give the pods an identity with --service-account.");
        if (options.Store is { } place && !place.Contains("://", StringComparison.Ordinal) && (options.Claim is null || !Path.IsPathRooted(place)))
            throw new UsageException($"--store is '{place}', which is no URI; expected one that pods reach, or with --claim NAME the full path of a folder that the claim is mounted at.");
        if (options.Claim is not null && options.Store?.Contains("://", StringComparison.Ordinal) != false)
            throw new UsageException("--claim is for a store in a folder; expected --store /FOLDER beside it.");
    }

    // With -parts and a part's number behind it, all names stay below 63 characters.
    private static string Prefix(string pipeline)
    {
        char[] plain = [.. pipeline.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')];
        string name = string.Join('-', new string(plain).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return $"unreel-{(name.Length > 10 ? name[..10].TrimEnd('-') : name.Length == 0 ? "pipeline" : name)}";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9._-]+\z")]
    private static partial Regex SecretName();
}
