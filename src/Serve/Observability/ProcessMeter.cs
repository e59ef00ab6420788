using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Unreel.Serve.Observability;

/// <summary>The process under the names that Prometheus' own client libraries give it.</summary>
internal sealed class ProcessMeter : IDisposable
{
    private const string OpenFiles = "/proc/self/fd";

    public ProcessMeter()
    {
        using Process self = Process.GetCurrentProcess();
        double started = (self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
        Meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time of this process.");
        Meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Memory of this process that is in the machine's memory; decoding processes have their own.");
        Meter.CreateObservableGauge("process.start_time", () => started, "s", "When this process began, in seconds since 1970.");
        if (Directory.Exists(OpenFiles))
            Meter.CreateObservableGauge("process.open_fds", () => Directory.EnumerateFileSystemEntries(OpenFiles).Count(), description: "Open files and sockets of this process.");
    }

    public Meter Meter { get; } = new("Unreel.Process");

    public void Dispose() => Meter.Dispose();
}
