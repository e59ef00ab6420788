using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Options of one run, and the way to stop it.</summary>
public class RunOptions : SafeHandle
{
    private OrtLoggingLevel _logSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;
    private int _logVerbosityLevel;
    private string _logId = "";
    private bool _terminate;

    /// <summary>Makes default options.</summary>
    public RunOptions()
        : base(0, true) => SetHandle(NativeMethods.Create(Slot.CreateRunOptions));

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Least severe message that is logged. Default warning.</summary>
    public OrtLoggingLevel LogSeverityLevel
    {
        get => _logSeverityLevel;
        set
        {
            NativeMethods.Set(Slot.RunOptionsSetRunLogSeverityLevel, Handle, (int)value);
            _logSeverityLevel = value;
        }
    }

    /// <summary>Detail of verbose messages, from 0. Default 0.</summary>
    public int LogVerbosityLevel
    {
        get => _logVerbosityLevel;
        set
        {
            NativeMethods.Set(Slot.RunOptionsSetRunLogVerbosityLevel, Handle, value);
            _logVerbosityLevel = value;
        }
    }

    /// <summary>Tag of the run's messages. Default empty.</summary>
    public string LogId
    {
        get => _logId;
        set
        {
            NativeMethods.Set(Slot.RunOptionsSetRunTag, Handle, value);
            _logId = value;
        }
    }

    /// <summary>Stops every run that uses these options; it stays set until it is set back. Default false.</summary>
    public bool Terminate
    {
        get => _terminate;
        set
        {
            if (value == _terminate)
                return;
            NativeMethods.Do(value ? Slot.RunOptionsSetTerminate : Slot.RunOptionsUnsetTerminate, Handle);
            _terminate = value;
        }
    }

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <summary>Sets one configuration entry; the last value of a key stays.</summary>
    public void AddRunConfigEntry(string configKey, string configValue) =>
        NativeMethods.Set(Slot.AddRunConfigEntry, Handle, configKey, configValue);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.Release(Slot.ReleaseRunOptions, handle);
        handle = 0;
        return true;
    }
}
