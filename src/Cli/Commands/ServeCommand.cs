using System.CommandLine;
using System.Globalization;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve;
using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<string> model = ModelOption();
        Option<string> host = new("--host") { Description = "The address to listen on; any but loopback demands keys in UNREEL_KEYS.", DefaultValueFactory = _ => "127.0.0.1" };
        Option<int> port = new("--port") { Description = "The port; 0 takes a free one.", DefaultValueFactory = _ => 8080 };
        Option<int> threads = new("--threads") { Description = "Threads of one inference; 0 for one a core." };
        Option<string> device = new("--device") { Description = $"Where inference runs: {OnnxDevices.Help}.", DefaultValueFactory = _ => "cpu" };
        Option<int?> gpuMemory = new("--gpu-memory-mb") { Description = "MiB of the GPU's memory that the model may take for its tensors. Default: all there is.", HelpName = "MIB" };
        Option<int> concurrency = new("--concurrency") { Description = "Videos worked on at a time; 0 for one a core." };
        Option<int> queue = new("--queue") { Description = "Requests that may wait; more are refused with 429.", DefaultValueFactory = _ => 16 };
        Option<int> body = new("--max-body-mb") { Description = "The largest upload in MiB.", DefaultValueFactory = _ => 64 };
        Option<double> deadline = new("--deadline") { Description = "Seconds a request may take, upload included.", DefaultValueFactory = _ => 60 };
        Option<string?> store = StoreOptions.Store();
        Command command = new("serve", "Answers clips over HTTP: curl -T clip.mp4 http://127.0.0.1:8080/v1/classify")
        {
            model, host, port, threads, device, gpuMemory, concurrency, queue, body, deadline, store,
        };
        command.SetAction(async (parsed, ct) =>
        {
            ServeOptions options = new()
            {
                Models = [ModelChoice.Parse(parsed.GetValue(model)!)],
                Host = parsed.GetValue(host)!,
                Port = parsed.GetValue(port),
                Threads = parsed.GetValue(threads),
                Device = parsed.GetValue(device)!,
                GpuMemoryLimit = parsed.GetValue(gpuMemory) is { } limit ? (long)limit << 20 : null,
                Concurrency = parsed.GetValue(concurrency),
                Queue = parsed.GetValue(queue),
                MaxBodyBytes = (long)parsed.GetValue(body) << 20,
                Deadline = Seconds(parsed.GetValue(deadline)),
                Keys = ApiKeys.Parse(Environment.GetEnvironmentVariable(ApiKeys.Variable)),
            };
            await ServeHost.RunAsync(options, StoreOptions.Open(parsed, store), ct);
            return ExitCodes.Done;
        });
        return command;
    }

    // What no TimeSpan can hold must not get as far as the server's own check.
    private static TimeSpan Seconds(double seconds) => seconds is > 0 and <= 86_400
        ? TimeSpan.FromSeconds(seconds)
        : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--deadline is {seconds}; expected seconds, more than 0 and at most a day (86400)."));

    /// <summary>The option that names a model, for all commands that run one.</summary>
    public static Option<string> ModelOption() => new("--model", "-m")
    {
        Description = "The model: onnx/name:tag in the store, an ONNX file, or a folder with a model.onnx.",
        Required = true,
        HelpName = "MODEL",
    };
}
