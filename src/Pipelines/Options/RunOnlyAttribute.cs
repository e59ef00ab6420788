namespace Unreel.Pipelines;

/// <summary>
/// Marks an option that says how work is done and not what comes out of it (workers, where to log).
/// It is part neither of the key nor of the lineage, so that changing it does not run a finished stage again.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RunOnlyAttribute : Attribute;
