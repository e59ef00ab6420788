namespace Unreel.Distributed.Tests;

public sealed class RuntimeTests
{
    [Fact]
    public void The_packages_have_no_c10d() =>
        Assert.Contains("UNREEL_RUNTIME=system", DistributedRuntime.WhyNot("nuget", _ => true), StringComparison.Ordinal);

    [Fact]
    public void A_library_that_is_not_there_is_named() =>
        Assert.Contains("libunreel_c10d cannot be loaded", DistributedRuntime.WhyNot("system", _ => throw new DllNotFoundException("no such file")), StringComparison.Ordinal);

    [Theory]
    [InlineData("gloo", true)]
    [InlineData("nccl", true)]
    [InlineData("mpi", false)]
    public void One_backend_is_enough(string backend, bool isEnough) =>
        Assert.Equal(isEnough, DistributedRuntime.WhyNot("system", name => name == backend) is null);

    [Theory]
    [InlineData("0 0", false, 0)]
    [InlineData("0 137", false, 1)]
    [InlineData("1 137", false, 1)]
    [InlineData("1 2", false, 2)]
    [InlineData("2 1", false, 2)]
    [InlineData("130 130", true, 130)]
    [InlineData("130 130", false, 130)]
    [InlineData("130 0", false, 130)]
    [InlineData("130 1", false, 130)]
    [InlineData("1 130", false, 130)]
    [InlineData("130 2", false, 2)]
    [InlineData("130 137", false, 1)]
    [InlineData("0 0", true, 0)]
    public void The_exit_code_is_that_of_the_cause(string codes, bool isCancelled, int expected) =>
        Assert.Equal(expected, Launcher.ExitCode([.. codes.Split(' ').Select(int.Parse)], isCancelled));

    [Fact]
    public void The_longest_wait_that_is_in_progress_counts()
    {
        NativeWaits waits = new(TimeProvider.System);
        Assert.Null(waits.Lasted);

        using (waits.Begin())
        {
            using (waits.Begin())
                Assert.NotNull(waits.Lasted);
            Assert.NotNull(waits.Lasted);
        }

        Assert.Null(waits.Lasted);
    }

    [Fact]
    public async Task The_end_of_the_launcher_is_noticed()
    {
        TaskCompletionSource noticed = new();

        using LauncherWatch watch = LauncherWatch.Start(Stream.Null, noticed.SetResult);

        await noticed.Task.WaitAsync(Ranks.Patience);
    }
}
