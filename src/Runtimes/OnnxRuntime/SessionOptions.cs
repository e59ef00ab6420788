using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Options of a session.</summary>
public partial class SessionOptions : SafeHandle
{
    private bool _enableMemoryPattern = true;
    private bool _enableProfiling;
    private string _optimizedModelFilePath = "";
    private bool _enableCpuMemArena = true;
    private string _logId = "";
    private OrtLoggingLevel _logSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;
    private int _logVerbosityLevel;
    private int _intraOpNumThreads;
    private int _interOpNumThreads;
    private GraphOptimizationLevel _graphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
    private ExecutionMode _executionMode = ExecutionMode.ORT_SEQUENTIAL;

    /// <summary>Makes default options.</summary>
    public SessionOptions()
        : base(0, true)
    {
        SetHandle(NativeMethods.Create(Slot.CreateSessionOptions));
        OrtEnv.Instance();
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Whether buffers are planned from the first run on. Default true.</summary>
    public bool EnableMemoryPattern
    {
        get => _enableMemoryPattern;
        set => Toggle(ref _enableMemoryPattern, value, Slot.EnableMemPattern, Slot.DisableMemPattern);
    }

    /// <summary>Start of the name of the profile that is written. Default <c>onnxruntime_profile_</c>.</summary>
    public string ProfileOutputPathPrefix { get; set; } = "onnxruntime_profile_";

    /// <summary>Whether runs are profiled; set <see cref="ProfileOutputPathPrefix"/> first. Default false.</summary>
    public unsafe bool EnableProfiling
    {
        get => _enableProfiling;
        set
        {
            if (value == _enableProfiling)
                return;

            fixed (byte* prefix = NativeMethods.Path(ProfileOutputPathPrefix))
            {
                if (value)
                    NativeMethods.Set(Slot.EnableProfiling, Handle, (nint)prefix);
                else
                    NativeMethods.Do(Slot.DisableProfiling, Handle);
            }

            _enableProfiling = value;
        }
    }

    /// <summary>Where the rewritten graph is saved; empty means nowhere. Default empty.</summary>
    public unsafe string OptimizedModelFilePath
    {
        get => _optimizedModelFilePath;
        set
        {
            if (value == _optimizedModelFilePath)
                return;
            fixed (byte* path = NativeMethods.Path(value))
                NativeMethods.Set(Slot.SetOptimizedModelFilePath, Handle, (nint)path);
            _optimizedModelFilePath = value;
        }
    }

    /// <summary>Whether memory of the CPU comes from an arena. Default true.</summary>
    public bool EnableCpuMemArena
    {
        get => _enableCpuMemArena;
        set => Toggle(ref _enableCpuMemArena, value, Slot.EnableCpuMemArena, Slot.DisableCpuMemArena);
    }

    /// <summary>Name of the session in messages. Default empty.</summary>
    public string LogId
    {
        get => _logId;
        set
        {
            NativeMethods.Set(Slot.SetSessionLogId, Handle, value);
            _logId = value;
        }
    }

    /// <summary>Least severe message that is logged. Default warning.</summary>
    public OrtLoggingLevel LogSeverityLevel
    {
        get => _logSeverityLevel;
        set => _logSeverityLevel = (OrtLoggingLevel)SetNumber(Slot.SetSessionLogSeverityLevel, (int)value);
    }

    /// <summary>Detail of verbose messages, from 0. Default 0.</summary>
    public int LogVerbosityLevel
    {
        get => _logVerbosityLevel;
        set => _logVerbosityLevel = SetNumber(Slot.SetSessionLogVerbosityLevel, value);
    }

    /// <summary>Threads inside one node; 0 lets the library choose. Default 0.</summary>
    public int IntraOpNumThreads
    {
        get => _intraOpNumThreads;
        set => _intraOpNumThreads = SetNumber(Slot.SetIntraOpNumThreads, value);
    }

    /// <summary>Threads across nodes when <see cref="ExecutionMode"/> is parallel; 0 lets the library choose. Default 0.</summary>
    public int InterOpNumThreads
    {
        get => _interOpNumThreads;
        set => _interOpNumThreads = SetNumber(Slot.SetInterOpNumThreads, value);
    }

    /// <summary>How much the graph is rewritten. Default everything.</summary>
    public GraphOptimizationLevel GraphOptimizationLevel
    {
        get => _graphOptimizationLevel;
        set => _graphOptimizationLevel = (GraphOptimizationLevel)SetNumber(Slot.SetSessionGraphOptimizationLevel, (int)value);
    }

    /// <summary>Whether nodes run one after another. Default sequential.</summary>
    public ExecutionMode ExecutionMode
    {
        get => _executionMode;
        set => _executionMode = (ExecutionMode)SetNumber(Slot.SetSessionExecutionMode, (int)value);
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
    public void AddSessionConfigEntry(string configKey, string configValue) =>
        NativeMethods.Set(Slot.AddSessionConfigEntry, Handle, configKey, configValue);

    /// <summary>Puts a value in place of the constant of that name in every model loaded with these options; the value must outlive the sessions.</summary>
    public void AddInitializer(string name, OrtValue ortValue) => NativeMethods.Set(Slot.AddInitializer, Handle, name, ortValue.Handle);

    /// <summary>Fixes the symbolic dimension <paramref name="dimName"/> to a value known beforehand.</summary>
    public void AddFreeDimensionOverrideByName(string dimName, long dimValue) =>
        NativeMethods.Set(Slot.AddFreeDimensionOverrideByName, Handle, dimName, dimValue);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.Release(Slot.ReleaseSessionOptions, handle);
        handle = 0;
        return true;
    }

    private int SetNumber(Slot slot, int value)
    {
        NativeMethods.Set(slot, Handle, value);
        return value;
    }

    private void Toggle(ref bool current, bool value, Slot enable, Slot disable)
    {
        if (value == current)
            return;
        NativeMethods.Do(value ? enable : disable, Handle);
        current = value;
    }
}
