// Groups of processes stand here as threads of one, which compute and wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
