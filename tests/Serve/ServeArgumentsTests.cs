using Microsoft.Extensions.Logging;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class ServeArgumentsTests
{
    [Fact]
    public void Arguments_become_options()
    {
        ServeArguments arguments = ServeArguments.Parse(
            ["--model", "onnx/a:b", "--port", "9", "--host", "*", "--max-body-mb", "3", "--deadline", "7.5", "--store", "here"],
            name => name == "UNREEL_KEYS" ? "0123456789abcdef" : null);

        Assert.Equal(("onnx/a:b", 9, "*", 3L << 20, TimeSpan.FromSeconds(7.5)), (arguments.Options.Models[0].Reference, arguments.Options.Port, arguments.Options.Host, arguments.Options.MaxBodyBytes, arguments.Options.Deadline));
        Assert.Equal(["0123456789abcdef"], arguments.Options.Keys);
        Assert.Equal("here", arguments.Store);
    }

    [Theory]
    [InlineData("no --model")]
    [InlineData("'x' is no option", "x")]
    [InlineData("--what is unknown", "--model", "m", "--what", "x")]
    [InlineData("--model has no value", "--model")]
    [InlineData("--port is given twice", "--model", "a", "--port", "1", "--port", "2")]
    [InlineData("--store is given twice", "--model", "a", "--store", "1", "--store", "2")]
    [InlineData("--port is 'x'; expected a whole number", "--model", "m", "--port", "x")]
    [InlineData("--port is '1.5'; expected a whole number", "--model=m", "--port=1.5")]
    [InlineData("--deadline is 'NaN'; expected a number of seconds", "--model", "m", "--deadline", "NaN")]
    [InlineData("--deadline is '1e300'; expected a number of seconds", "--model", "m", "--deadline", "1e300")]
    [InlineData("--port is 65536; expected 0 to 65535", "--model", "m", "--port", "65536")]
    [InlineData("--port is '99999999999999999999'; expected a whole number from 0 to 65535", "--model", "m", "--port", "99999999999999999999")]
    [InlineData("--max-body-mb is 9223372036854775807; expected 1 to 16384", "--model", "m", "--max-body-mb", "9223372036854775807")]
    [InlineData("--gpu-memory-mb is 0; expected 1 to", "--model", "m", "--gpu-memory-mb", "0")]
    [InlineData("--decoder-memory-mb is 63; expected 64 to", "--model", "m", "--decoder-memory-mb", "63")]
    [InlineData("--deadline is '0'; expected a number of seconds from 0.001 to 86400", "--model", "m", "--deadline", "0")]
    [InlineData("--max-duration is '-1'; expected a number of seconds", "--model", "m", "--max-duration", "-1")]
    [InlineData("--max-pixels is '4096x2304x3'; expected a number such as", "--model", "m", "--max-pixels", "4096x2304x3")]
    [InlineData("--max-pixels is '99999999x99999999'; expected a number such as", "--model", "m", "--max-pixels", "99999999x99999999")]
    [InlineData("--max-pixels is 'x'; expected a number such as", "--model", "m", "--max-pixels", "x")]
    [InlineData("--log-level is '3'; expected one of trace", "--model", "m", "--log-level", "3")]
    public void Wrong_arguments_are_named(string expected, params string[] args)
    {
        UsageException problem = Assert.Throws<UsageException>(() => ServeArguments.Parse(args, _ => null));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_one_that_there_is()
    {
        UsageException problem = Assert.Throws<UsageException>(() => Models.OnnxModelLoader.OptionsOf(1, "gpu"));
        OnnxModelOptions cuda = Models.OnnxModelLoader.OptionsOf(2, "cuda:1,cpu");

        Assert.StartsWith("'gpu' is no device; expected cpu, cuda, or cuda:1", problem.Message, StringComparison.Ordinal);
        Assert.Equal((OnnxDevice.Cuda, 1, true, 2), (cuda.Device, cuda.DeviceId, cuda.AllowCpuFallback, cuda.Threads));
        Assert.Equal("cpu", ServeArguments.Parse(["--model", "m"], _ => null).Options.Device);
    }

    [Fact]
    public void A_name_and_its_value_may_be_one_word() =>
        Assert.Equal(("onnx/a:b", 9), (ServeArguments.Parse(["--model=onnx/a:b", "--port=9"], _ => null).Options.Models[0].Reference, ServeArguments.Parse(["-m", "x", "--port", "9"], _ => null).Options.Port));

    [Fact]
    public void Memory_of_the_GPU_is_said_in_mebibytes()
    {
        Assert.Equal(512L << 20, ServeArguments.Parse(["--model", "m", "--gpu-memory-mb", "512"], _ => null).Options.GpuMemoryLimit);
        Assert.Null(ServeArguments.Parse(["--model", "m"], _ => null).Options.GpuMemoryLimit);
    }

    [Fact]
    public void Several_models_are_served_under_names_of_their_own()
    {
        ServeOptions options = ServeArguments.Parse(["--model", "onnx/walk:prod", "-m", "next=onnx/walk:candidate"], _ => null).Options;

        Assert.Equal([("walk", "prod", "onnx/walk:prod"), ("next", "candidate", "onnx/walk:candidate")], options.Models.Select(model => (model.Name, model.Version, model.Reference)));
    }

    [Fact]
    public void Every_option_reaches_what_it_means()
    {
        ServeOptions options = ServeArguments.Parse(
            [
                "--model", "m", "--watch", "9", "--device", "cuda", "--gpu-memory-mb", "2", "--threads", "3", "--batching", "off", "--cache", "c",
                "--host", "::1", "--port", "4", "--keys-file", "k", "--max-connections", "5", "--header-timeout", "6", "--idle-timeout", "7", "--min-upload-rate", "8",
                "--concurrency", "10", "--queue", "11", "--decoders", "12", "--decoder-memory-mb", "65", "--max-body-mb", "13", "--max-files", "14", "--deadline", "15",
                "--stream-deadline", "16", "--max-duration", "17", "--max-frames", "18", "--max-pixels", "19x2", "--decode-timeout", "20", "--spool-above-kb", "21", "--spool", "s",
                "--log", "json", "--log-level", "Warning", "--drain-seconds", "0",
            ],
            _ => null).Options;

        ServeOptions expected = new()
        {
            Models = options.Models,
            Keys = options.Keys,
            Watch = TimeSpan.FromSeconds(9),
            Device = "cuda",
            GpuMemoryLimit = 2 << 20,
            Threads = 3,
            Batching = "off",
            CacheFolder = "c",
            Host = "::1",
            Port = 4,
            KeysFile = "k",
            MaxConnections = 5,
            HeaderTimeout = TimeSpan.FromSeconds(6),
            IdleTimeout = TimeSpan.FromSeconds(7),
            MinUploadRate = 8,
            Concurrency = 10,
            Queue = 11,
            Decoders = 12,
            DecoderMemory = 65 << 20,
            MaxBodyBytes = 13 << 20,
            MaxFiles = 14,
            Deadline = TimeSpan.FromSeconds(15),
            StreamDeadline = TimeSpan.FromSeconds(16),
            MemoryThreshold = 21 << 10,
            SpoolFolder = "s",
            Limits = new ServeOptions { Models = [] }.Limits with { Duration = TimeSpan.FromSeconds(17), Frames = 18, PixelsPerFrame = 38, Timeout = TimeSpan.FromSeconds(20) },
            Log = "json",
            LogLevel = LogLevel.Warning,
            DrainNotice = TimeSpan.Zero,
        };
        Assert.Equal(expected, options);
    }

    [Fact]
    public void Every_property_can_be_said_on_the_command_line()
    {
        // Keys do not belong where every process of the machine can read them.
        string[] elsewhere = [nameof(ServeOptions.Keys)];
        ServeOptions before = new() { Models = [] };
        string[] values = ["m", "1", "2", "64", "70", "off", "json", "Warning", "0", "7x7"];
        HashSet<string> reached = [];
        foreach (ServeSetting setting in ServeSettings.All)
        {
            foreach (string value in values)
            {
                try
                {
                    ServeOptions after = setting.Apply(before, value);
                    reached.UnionWith(typeof(ServeOptions).GetProperties().Where(property => !Equals(property.GetValue(before), property.GetValue(after))).Select(property => property.Name));
                }
                catch (UsageException)
                {
                    // Not every setting takes every value.
                }
            }
        }

        Assert.Empty(typeof(ServeOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Except(elsewhere).Except(reached));
    }

    [Fact]
    public void Help_names_every_option_with_its_default()
    {
        string help = ServeHelp.Text("unreel serve");

        Assert.All(ServeArguments.Names, name => Assert.Matches($"(?m)^  (-m, )?{name} ", help));
        Assert.Contains("unreel serve --model onnx/quickstart:latest", help, StringComparison.Ordinal);
        Assert.Matches(@"--port PORT\s+The port; 0 takes a free one. Default 8080.", help);
        Assert.Matches(@"--max-pixels N\s+.*Default\s+9437184\.", help);
        Assert.All(help.Split('\n'), line => Assert.InRange(line.Length, 0, 125));
    }

    [Fact]
    public void The_store_is_the_one_named_else_the_environments_else_the_nearest_above()
    {
        using TemporaryFolder folder = new();
        string deep = Directory.CreateDirectory(folder.File("a", "b")).FullName;
        string? StoreOf(string? variable, params string[] more) => ServeArguments.Parse(["--model", "m", .. more], name => name == "UNREEL_STORE" ? variable : null, deep).Store;

        Assert.Null(StoreOf(null));
        string near = Directory.CreateDirectory(folder.File("a", ".unreel")).FullName;
        Directory.CreateDirectory(folder.File(".unreel"));
        Assert.Equal(near, StoreOf(null));
        Assert.Equal(near, StoreOf(""));
        Assert.Equal("there", StoreOf("there"));
        Assert.Equal("here", StoreOf("there", "--store", "here"));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Every_error_has_its_exit_code(Exception error, int code)
    {
        (string message, int found) = ServeErrors.Explain(error);

        Assert.Equal(code, found);
        Assert.Equal(error is OperationCanceledException ? "cancelled" : error.Message, message);
    }

    public static TheoryData<Exception, int> Errors => new()
    {
        { new UsageException("wrong"), 2 },
        { new ArtifactNotFoundException("onnx/a:b", "here"), 2 },
        { new VideoException("bad video"), 2 },
        { new OnnxModelException("m", "is empty"), 2 },
        { new ContractException("is not JSON"), 2 },
        { new IOException("disk full"), 1 },
        { new UnauthorizedAccessException("no"), 1 },
        { new StoreUnreachableException("here", "down"), 1 },
        { new OperationCanceledException(), 130 },
    };

    [Fact]
    public void Our_own_mistakes_come_with_their_trace()
    {
        (string message, int code) = ServeErrors.Explain(Assert.Throws<InvalidOperationException>(() => Enumerable.Empty<int>().First()));

        Assert.Equal(1, code);
        Assert.Contains("   at ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_tells_mistakes_in_one_line_with_exit_code_2()
    {
        StringWriter error = new();

        Assert.Equal(ExitCodes.Usage, await ServeProgram.RunAsync(["--model", "absent.onnx", "--port", "0"], _ => null, error));
        Assert.Single(error.ToString().Trim().Split('\n'));
        Assert.Contains("absent.onnx", error.ToString(), StringComparison.Ordinal);
    }
}
