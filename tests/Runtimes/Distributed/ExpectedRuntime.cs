namespace Unreel.Distributed.Tests;

/// <summary>Where processes must be able to train together, so that tests of it may not be skipped.</summary>
internal static class ExpectedRuntime
{
    /// <summary>Why they need not, and cannot. Null where they can, and over Debian's libtorch, whose c10d is known to be there: a library that is missing there fails the tests.</summary>
    public static string? WhyNot()
    {
        bool isDebians = DistributedRuntime.Name == "system" && Environment.GetEnvironmentVariable("UNREEL_LIBTORCH") is null or "";
        return isDebians ? null : DistributedRuntime.WhyNot();
    }
}
