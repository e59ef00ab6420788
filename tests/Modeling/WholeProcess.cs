namespace Unreel.Modeling.Tests;

/// <summary>Tests that set the number of threads or count tensors of the whole process: one at a time.</summary>
[CollectionDefinition("torch", DisableParallelization = true)]
public sealed class WholeProcess;
