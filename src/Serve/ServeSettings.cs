using System.Globalization;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Serve;

/// <summary>All options of a server's command line, for the <c>unreel serve</c> command and for the server's own program.</summary>
public static class ServeSettings
{
    private const double Day = 86_400;
    private const int Mebi = 20;

    /// <summary>The options in groups, in the order of the help.</summary>
    public static IReadOnlyList<ServeSettingGroup> Groups { get; } =
    [
        new("Models", [.. Models()]),
        new("Listening", [.. Listening()]),
        new("How much is worked on", [.. Work()]),
        new("What a request may ask for", [.. Limits()]),
        new("Running it", [.. Running()]),
    ];

    /// <summary>The options.</summary>
    public static IEnumerable<ServeSetting> All => Groups.SelectMany(group => group.Settings);

    private static IEnumerable<ServeSetting> Models()
    {
        yield return new("--model", "MODEL", "onnx/name:tag or onnx/name@sha256:… in the store, an ONNX file, or a folder with a model.onnx; NAME=MODEL gives it another name in routes. May be given several times: the first answers where none is named.", (options, text) => options with { Models = [.. options.Models, ModelChoice.Parse(text)] }) { Alias = "-m", Repeats = true };
        yield return ServeSetting.Seconds("--watch", 0, 3600, "How often tags are looked at; one that moves is taken up without a request lost. 0 for never.", (options, span) => options with { Watch = span }, options => options.Watch);
        yield return new("--require-signature", "FILE", "A public key that must have signed a model's artifact; one without a good signature is not taken into service, and when a tag moves to one, the model before it stays. May be given several times: one of the keys is enough.", (options, text) => options with { RequireSignature = [.. options.RequireSignature, text] }) { Repeats = true };
        yield return new("--device", "DEVICE", $"Where inference runs: {OnnxDevices.Help}.", (options, text) => options with { Device = text }, options => options.Device);
        yield return ServeSetting.Whole("--gpu-memory-mb", "MIB", 1, 1 << 30, "Memory of the GPU that a model's tensors may take.", (options, number) => options with { GpuMemoryLimit = number << Mebi });
        yield return ServeSetting.Whole("--threads", "N", 0, 1024, "Threads of one inference; 0 for one a core.", (options, number) => options with { Threads = (int)number }, options => options.Threads);
        yield return new("--batching", "HOW", "Whether requests run together: auto where it was measured to pay (never on the processor), off, or the most clips of a batch.", (options, text) => options with { Batching = text }, options => options.Batching);
        yield return new("--cache", "DIR", "Where models are kept by digest; otherwise $XDG_CACHE_HOME/unreel or ~/.cache/unreel.", (options, text) => options with { CacheFolder = text });
    }

    private static IEnumerable<ServeSetting> Listening()
    {
        yield return new("--host", "ADDRESS", "The address to listen on, localhost, or * for all; any but loopback demands keys.", (options, text) => options with { Host = text }, options => options.Host);
        yield return ServeSetting.Whole("--port", "PORT", 0, 65535, "The port; 0 takes a free one.", (options, number) => options with { Port = (int)number }, options => options.Port);
        yield return ServeSetting.Whole("--oci-port", "PORT", 0, 65535, "A port of its own on which the store is read by the OCI distribution API, as skopeo and others speak it; keys for management open it.", (options, number) => options with { OciPort = (int)number });
        yield return new("--keys-file", "FILE", "Keys beside those in UNREEL_KEYS, one a line, read again when it changes; closed to others (chmod 640).", (options, text) => options with { KeysFile = text });
        yield return ServeSetting.Whole("--max-connections", "N", 1, 1_000_000, "Connections at a time; more are closed as they come.", (options, number) => options with { MaxConnections = (int)number }, options => options.MaxConnections);
        yield return ServeSetting.Seconds("--header-timeout", .1, Day, "The most time a request's headers may take to come.", (options, span) => options with { HeaderTimeout = span }, options => options.HeaderTimeout);
        yield return ServeSetting.Seconds("--idle-timeout", .1, Day, "How long a connection may lie idle between two requests.", (options, span) => options with { IdleTimeout = span }, options => options.IdleTimeout);
        yield return ServeSetting.Whole("--min-upload-rate", "BYTES", 0, 1 << 30, "The fewest bytes a second an upload must bring; 0 for any.", (options, number) => options with { MinUploadRate = (int)number }, options => options.MinUploadRate);
    }

    private static IEnumerable<ServeSetting> Work()
    {
        yield return ServeSetting.Whole("--concurrency", "N", 0, 1024, "Videos worked on at a time; 0 for one a core.", (options, number) => options with { Concurrency = (int)number }, options => options.Concurrency);
        yield return ServeSetting.Whole("--queue", "N", 0, 100_000, "Requests that may wait beside those; more are refused with 429.", (options, number) => options with { Queue = (int)number }, options => options.Queue);
        yield return ServeSetting.Whole("--decoders", "N", 0, 1024, "Processes that decode, one video each at a time; 0 for one a core.", (options, number) => options with { Decoders = (int)number }, options => options.Decoders);
        yield return ServeSetting.Whole("--decoder-memory-mb", "MIB", 64, 1 << 20, "Memory a decoding process may take.", (options, number) => options with { DecoderMemory = number << Mebi }, options => options.DecoderMemory >> Mebi);
    }

    private static IEnumerable<ServeSetting> Limits()
    {
        yield return ServeSetting.Whole("--max-body-mb", "MIB", 1, 16 << 10, "The largest upload.", (options, number) => options with { MaxBodyBytes = number << Mebi }, options => options.MaxBodyBytes >> Mebi);
        yield return ServeSetting.Whole("--max-blob-mb", "MIB", 1, 1 << 20, "The largest file uploaded to the store.", (options, number) => options with { MaxBlobBytes = number << Mebi }, options => options.MaxBlobBytes >> Mebi);
        yield return ServeSetting.Whole("--max-files", "N", 1, 1000, "Files of one form.", (options, number) => options with { MaxFiles = (int)number }, options => options.MaxFiles);
        yield return ServeSetting.Seconds("--deadline", .001, Day, "The most time a request may take, upload included.", (options, span) => options with { Deadline = span }, options => options.Deadline);
        yield return ServeSetting.Seconds("--stream-deadline", .001, Day, "The most time a streamed timeline may take.", (options, span) => options with { StreamDeadline = span }, options => options.StreamDeadline);
        yield return ServeSetting.Seconds("--max-duration", .001, 366 * Day, "The longest video.", (options, span) => options with { Limits = options.Limits with { Duration = span } }, options => options.Limits.Duration);
        yield return ServeSetting.Whole("--max-frames", "N", 1, 1L << 40, "The most frames of a video.", (options, number) => options with { Limits = options.Limits with { Frames = number } }, options => options.Limits.Frames);
        yield return new("--max-pixels", "N", "The most pixels of a frame, as a number or as WIDTHxHEIGHT.", (options, text) => options with { Limits = options.Limits with { PixelsPerFrame = Pixels(text) } }, options => options.Limits.PixelsPerFrame.ToString(CultureInfo.InvariantCulture));
        yield return ServeSetting.Seconds("--decode-timeout", .001, Day, "The most time opening a video, or one reading of frames, may take.", (options, span) => options with { Limits = options.Limits with { Timeout = span } }, options => options.Limits.Timeout);
        yield return ServeSetting.Whole("--spool-above-kb", "KIB", 0, 1 << 20, "Uploads beyond this are kept in a file and not in memory.", (options, number) => options with { MemoryThreshold = (int)(number << 10) }, options => options.MemoryThreshold >> 10);
        yield return new("--spool", "DIR", "Where such files lie while they are needed; otherwise the system's folder for temporary files.", (options, text) => options with { SpoolFolder = text });
    }

    private static IEnumerable<ServeSetting> Running()
    {
        yield return new("--log", "text|json", "How the log is written to standard error: for people, or one JSON object a line.", (options, text) => options with { Log = text }, options => options.Log);
        yield return new("--log-level", "LEVEL", $"The least that is logged: {string.Join(", ", Enum.GetNames<LogLevel>()).ToLowerInvariant()}.", (options, text) => options with { LogLevel = Level(text) }, options => options.LogLevel.ToString().ToLowerInvariant());
        yield return ServeSetting.Seconds("--drain-seconds", 0, 3600, "How long, told to end, it still takes requests while /readyz says no.", (options, span) => options with { DrainNotice = span }, options => options.DrainNotice);
    }

    private static LogLevel Level(string text) =>
        Enum.GetNames<LogLevel>().Contains(text, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<LogLevel>(text, ignoreCase: true)
            : throw new UsageException($"--log-level is '{text}'; expected one of {string.Join(", ", Enum.GetNames<LogLevel>()).ToLowerInvariant()}.");

    private static long Pixels(string text)
    {
        const int MostSide = 1 << 20;
        long product = 1;
        string[] sides = text.Split('x');
        foreach (string side in sides)
        {
            long most = sides.Length == 2 ? MostSide : (long)MostSide * MostSide;
            if (sides.Length > 2 || !long.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value < 1 || value > most)
                throw new UsageException($"--max-pixels is '{text}'; expected a number such as 9437184, or WIDTHxHEIGHT such as 4096x2304.");

            product *= value;
        }

        return product;
    }
}
