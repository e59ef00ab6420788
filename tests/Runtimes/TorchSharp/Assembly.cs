// The default generator and the thread counts belong to the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
