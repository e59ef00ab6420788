using System.Globalization;
using System.Runtime.InteropServices;
using Unreel.Video.Native;

namespace Unreel.Video.Boxes;

/// <summary>A process that decodes one video at a time; see <c>unreel_box.h</c>. It ends with the thread that started it.</summary>
internal sealed class DecodeBox : IDisposable
{
    private const int Forbidden = 31, Processor = 24, Kill = 9, Memory = -5, Ended = -16, Lied = -17, Late = -18, Failed = -19;
    private readonly BoxHandle _handle;
    private readonly DecodeOptions _options;
    private bool _abandoned;

    private DecodeBox(BoxHandle handle, DecodeOptions options, int unfiltered)
    {
        _handle = handle;
        _options = options;
        ProcessId = BoxNative.Process(handle);
        Unfiltered = unfiltered == 0 ? null : Marshal.GetPInvokeErrorMessage(unfiltered);
    }

    /// <summary>The number of its process.</summary>
    public int ProcessId { get; }

    /// <summary>Why the system does not filter what the process asks of it; null where it does.</summary>
    public string? Unfiltered { get; }

    /// <summary>Videos it was given.</summary>
    public int Videos { get; private set; }

    /// <summary>What became of it, if that was its own or the video's doing, or it was cancelled; else null.</summary>
    public DecodeStop? Stop { get; private set; }

    /// <summary>Whether it can be given a video.</summary>
    public bool Usable => Stop is null && !_abandoned && BoxNative.Alive(_handle) == 1;

    /// <summary>Starts one.</summary>
    /// <exception cref="FileNotFoundException">The program is not there.</exception>
    /// <exception cref="IOException">It does not start.</exception>
    public static DecodeBox Start(DecodeOptions options)
    {
        if (!File.Exists(options.Path))
            throw new FileNotFoundException($"The program {options.Path}, which decodes videos, is not there; it is compiled with libunreel_av.so.", options.Path);

        BoxLimits limits = new() { Memory = options.Memory, Room = options.Room, Patience = options.Patience.TotalSeconds };
        int status = BoxNative.Start(options.Path, limits, out BoxHandle handle, out int unfiltered);
        if (status < 0)
            throw new IOException($"The program {options.Path}, which decodes videos, does not start: {LibAv.Reason()}.");

        return new DecodeBox(handle, options, unfiltered);
    }

    /// <summary>Opens a video; it is to be closed by <see cref="TryClose"/>.</summary>
    /// <exception cref="VideoException">It is no video that can be read.</exception>
    public BoxedReader Open(VideoBytes video, string name, CancellationToken ct)
    {
        Videos++;
        using CancellationTokenRegistration registration = KillWhen(ct);
        Check(BoxNative.Open(_handle, video.Descriptor, video.Start, video.Length, NativeLimits.From(_options.Limits), out NativeInfo info), name, name, ct);
        return new BoxedReader(this, _handle, info.ToInfo(), name);
    }

    /// <summary>Closes the video and makes ready for the next; a process that does not manage to is given up.</summary>
    public void TryClose()
    {
        if (Stop is null && !_abandoned && BoxNative.Close(_handle) < 0)
            Stop = DecodeStop.Crash;
    }

    /// <summary>Ends the process when a token is cancelled: it is quicker to start another than to talk it out of its work.</summary>
    public CancellationTokenRegistration KillWhen(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return ct.UnsafeRegister(
            static state =>
            {
                var box = (DecodeBox)state!;
                box.Stop = DecodeStop.Cancelled;
                BoxNative.Kill(box._handle);
            },
            this);
    }

    /// <summary>Gives it up in the middle of its work, which is no fault of its own: it can only be ended.</summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Throws for what went wrong.</summary>
    /// <param name="status">What a function of the box answered.</param>
    /// <param name="name">What the video is called.</param>
    /// <param name="what">What of it was being read.</param>
    /// <param name="ct">Tells a cancellation from a crash.</param>
    public void Check(int status, string name, string what, CancellationToken ct)
    {
        if (status >= 0)
            return;

        string reason = LibAv.Reason();
        if (status == Failed)
        {
            Abandon();
            throw new IOException($"{name}: it cannot be decoded in a process of its own: {reason}.");
        }

        if (status is Ended or Lied or Late)
            throw Ending(status, name, reason, ct);
        if (status == Memory)
            throw new DecodeStoppedException($"{name}: its decoding was stopped: it takes more than {Size(_options.Memory)} of memory.", DecodeStop.Memory, ProcessId);

        throw new VideoException($"{what}: {reason}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private Exception Ending(int status, string name, string reason, CancellationToken ct)
    {
        BoxNative.Reap(_handle, out BoxEnd end);
        if (ct.IsCancellationRequested)
        {
            Stop = DecodeStop.Cancelled;
            return new OperationCanceledException($"{name}: cancelled", ct);
        }

        double seconds = _options.Limits.Timeout.TotalSeconds;
        (DecodeStop stop, string why) = (status, end.Signal) switch
        {
            (Late, _) => (DecodeStop.Time, string.Create(CultureInfo.InvariantCulture, $"not done within the limit of {seconds:0.###} s")),
            (Lied, _) => (DecodeStop.Nonsense, reason),
            (_, Processor) => (DecodeStop.Processor, string.Create(CultureInfo.InvariantCulture, $"it takes more than {seconds:0.###} s of the processor's time")),
            (_, Forbidden) => (DecodeStop.Forbidden, "its decoder asked for what decoders do not need"),
            (_, Kill) => (DecodeStop.Killed, "its decoder was killed"),
            (_, 0) => (DecodeStop.Crash, $"its decoder ended with exit code {end.Code}"),
            _ => (DecodeStop.Crash, $"its decoder crashed (signal {end.Signal})"),
        };
        Stop = stop;
        return new DecodeStoppedException($"{name}: its decoding was stopped: {why}.", stop, ProcessId);
    }

    private static string Size(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / (1L << 30):0.##} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / (1L << 20):0.##} MiB");
}
