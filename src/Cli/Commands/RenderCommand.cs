using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel render</c>.</summary>
internal static class RenderCommand
{
    public static Command Create() => new("render", "Writes a pipeline as files for an engine that runs it.") { Kubernetes() };

    private static Command Kubernetes()
    {
        Argument<string> file = new("file") { Description = "A pipeline file.", HelpName = "FILE" };
        Option<string> image = new("--image") { Description = "The image that holds unreel, e.g. registry.example.org/unreel@sha256:… (see infra/containers).", Required = true, HelpName = "IMAGE" };
        Option<string?> store = new("--store") { Description = "The store as the pods reach it, without a secret: https://ACCOUNT.blob.core.windows.net/CONTAINER, or the folder that --claim is mounted at.", HelpName = "URI" };
        Option<string?> secret = new("--store-secret") { Description = "The Secret and its key that hold the store's URI where that has a SAS.", HelpName = "NAME/KEY" };
        Option<string?> claim = new("--claim") { Description = "The PersistentVolumeClaim that a store in a folder lies on.", HelpName = "NAME" };
        Option<string?> account = new("--service-account") { Description = "The service account of the pods; on Azure with a workload identity.", HelpName = "NAME" };
        Option<string?> place = new("--namespace") { Description = "The namespace." };
        Option<string> output = new("--out", "-o") { Description = "The folder to write to; files of the same names are replaced.", Required = true, HelpName = "DIR" };
        Option<string[]> set = new("--set") { Description = "Sets an option, as in unreel run: stage.option=value.", HelpName = "KEY=VALUE" };
        Option<int> shards = new("--shards") { Description = "Divide stages into N parts where that can be: indexed Jobs.", DefaultValueFactory = _ => 1, HelpName = "N" };
        Option<int> processes = new("--nproc") { Description = "Train in N processes, in one pod.", DefaultValueFactory = _ => 1, HelpName = "N" };
        Option<int?> cpus = new("--cpus") { Description = "Cores a process of stages that do not say (resources: cores in the file). Default 1.", HelpName = "N" };
        Option<string?> memory = new("--mem") { Description = "Memory of stages that do not say. Default: 2Gi asked for, and no limit.", HelpName = "SIZE" };
        Option<int> gpus = new("--gpus") { Description = "GPUs a process of stages that can use one and do not say how many. Default 0.", HelpName = "N" };
        Command command = new("k8s", "Writes one Kubernetes Job a stage, and the script that applies them in order.")
        {
            file, image, store, secret, claim, account, place, output, set, shards, processes, cpus, memory, gpus,
        };
        command.SetAction(async (parsed, ct) =>
        {
            KubernetesOptions options = new()
            {
                Image = parsed.GetValue(image)!,
                Store = parsed.GetValue(store),
                StoreSecret = parsed.GetValue(secret),
                Claim = parsed.GetValue(claim),
                ServiceAccount = parsed.GetValue(account),
                Namespace = parsed.GetValue(place),
            };
            string[] sets = parsed.GetValue(set) ?? [];
            JobShape shape = new()
            {
                Command = ["unreel", "run", KubernetesRenderer.PipelinePath, .. sets.SelectMany(value => (string[])["--set", value])],
                Shards = parsed.GetValue(shards),
                Processes = parsed.GetValue(processes),
                Resources = new JobResources(parsed.GetValue(cpus), parsed.GetValue(gpus), EngineOptions.Bytes(parsed.GetValue(memory))),
            };
            await WriteAsync(parsed.GetValue(file)!, sets, shape, options, parsed.GetValue(output)!, ct);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task WriteAsync(string file, string[] sets, JobShape shape, KubernetesOptions options, string folder, CancellationToken ct)
    {
        using IHost host = UnreelHost.CreateBuilder().Build();
        PipelineFile pipeline = PipelineFile.Load(file, host.Services.GetRequiredService<StageCatalog>(), sets);
        IReadOnlyList<PlannedStage> stages = [.. pipeline.UsedStages];
        CheckInputs(stages);
        EnginePlan plan = host.Services.GetRequiredService<EnginePlanner>().Plan(pipeline, stages, _ => false, shape);
        Directory.CreateDirectory(folder);
        foreach (RenderedFile rendered in new KubernetesRenderer(options).Render(plan, await File.ReadAllTextAsync(file, ct)))
        {
            string path = Path.Combine(folder, rendered.Name);
            await File.WriteAllTextAsync(path, rendered.Text, ct);
            if (!OperatingSystem.IsWindows() && rendered.Name.EndsWith(".sh", StringComparison.Ordinal))
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            await Console.Error.WriteLineAsync($"wrote {path}");
        }
    }

    // Pods see the store and the pipeline's file, and nothing of this machine.
    private static void CheckInputs(IEnumerable<PlannedStage> stages)
    {
        string[] local = [.. stages.SelectMany(stage => stage.LocalFiles().Select(option => $"{stage.DeclaredId}.{option.Option} is {option.Path}, which pods do not see; put it into the store (unreel artifacts put) and name the artifact."))];
        if (local.Length > 0)
            throw new UsageException(string.Join('\n', local.Distinct()));
    }
}
