// Every test here starts programs that compute on all cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
