global using Unreel.Testing;

// The count of live native objects belongs to the process, and two cores are busy enough with one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
