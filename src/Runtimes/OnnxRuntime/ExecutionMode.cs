namespace Microsoft.ML.OnnxRuntime;

/// <summary>How much the graph is rewritten when a session is made.</summary>
public enum GraphOptimizationLevel
{
    /// <summary>Not at all.</summary>
    ORT_DISABLE_ALL = 0,

    /// <summary>Rewrites that keep the graph portable.</summary>
    ORT_ENABLE_BASIC = 1,

    /// <summary>Also fusions that depend on the execution provider.</summary>
    ORT_ENABLE_EXTENDED = 2,

    /// <summary>Everything, layout included; the default.</summary>
    ORT_ENABLE_ALL = 99,
}

/// <summary>Whether nodes run one after another.</summary>
public enum ExecutionMode
{
    /// <summary>One after another; the default.</summary>
    ORT_SEQUENTIAL = 0,

    /// <summary>Several at once.</summary>
    ORT_PARALLEL = 1,
}
