using Unreel.Modeling;

namespace Unreel.Distributed.Tests;

public sealed class PlacementTests
{
    [Fact]
    public void Torchruns_names_are_read() => Assert.Equal(
        new Placement(3, 8, 1, 2, "node1", 29500),
        Read("RANK=3 WORLD_SIZE=8 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=node1 MASTER_PORT=29500"));

    [Fact]
    public void What_torchrun_listens_on_itself_is_left_to_it() => Assert.Equal(
        29501,
        Read("RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=29500 TORCHELASTIC_USE_AGENT_STORE=True")!.Port);

    [Theory]
    [InlineData("SLURM_STEP_ID=2 SLURM_STEP_NUM_TASKS=4 SLURM_NTASKS=9", 4)]
    [InlineData("SLURM_STEP_ID=2 SLURM_NTASKS=4", 4)]
    public void Sruns_names_are_read(string tasks, int count) => Assert.Equal(
        new Placement(3, count, 1, 1, "gpu03", 20000 + (((1234 * 101) + 2) % 20000)),
        Read($"SLURM_PROCID=3 SLURM_LOCALID=1 SLURM_JOB_ID=1234 SLURM_NODELIST=gpu[03-05] {tasks}"));

    [Fact]
    public void An_address_goes_before_slurms() => Assert.Equal(
        ("10.0.0.7", 4000),
        Read("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_NODELIST=a MASTER_ADDR=10.0.0.7 MASTER_PORT=4000") is { } place ? (place.Address, place.Port) : default);

    [Theory]
    [InlineData("")]
    [InlineData("RANK=0 WORLD_SIZE=1")]
    [InlineData("SLURM_NTASKS=4 SLURM_PROCID=0 SLURM_LOCALID=0 SLURM_NODELIST=a")]
    [InlineData("SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0 SLURM_NODELIST=a")]
    public void A_process_may_be_alone(string variables) => Assert.Null(Read(variables));

    [Theory]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_PORT=1", "MASTER_ADDR is missing")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_ADDR=a", "MASTER_PORT is missing")]
    [InlineData("WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "RANK is missing")]
    [InlineData("RANK=0 MASTER_ADDR=a MASTER_PORT=1", "WORLD_SIZE is missing")]
    [InlineData("RANK=2 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "RANK is '2'; expected a whole number from 0 to 1")]
    [InlineData("RANK=0 WORLD_SIZE=0 MASTER_ADDR=a MASTER_PORT=1", "WORLD_SIZE is '0'")]
    [InlineData("RANK=0 WORLD_SIZE=two MASTER_ADDR=a MASTER_PORT=1", "WORLD_SIZE is 'two'")]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=70000", "MASTER_PORT is '70000'")]
    [InlineData("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=2", "SLURM_NODELIST is missing")]
    [InlineData("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_NODELIST=gpu[1-", "'gpu[1-'")]
    public void What_is_missing_or_wrong_is_named(string variables, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelException>(() => Read(variables)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("10.0.0.7", null, "UNREEL_JOIN_KEY is missing")]
    [InlineData("node1", "", "UNREEL_JOIN_KEY=$(openssl rand -hex 16)")]
    [InlineData("node1", "123456789012345", "has 15 characters; expected at least 16")]
    [InlineData("localhost", "short", "has 5 characters")]
    public void Beyond_this_machine_a_secret_is_needed(string address, string? key, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelException>(() => JoinKey.Read(Ranks.Place(0, 2, 1) with { Address = address }, name => name == "UNREEL_JOIN_KEY" ? key : null)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("localhost", "")]
    [InlineData("::1", null)]
    [InlineData("node1", "1234567890123456")]
    public void A_secret_is_not_printed(string address, string? key)
    {
        JoinKey read = JoinKey.Read(Ranks.Place(0, 2, 1) with { Address = address }, _ => key);

        Assert.True(read.Matches(key ?? string.Empty));
        Assert.False(read.Matches("6543210987654321"));
        Assert.DoesNotContain("123456", $"{read}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node", "node")]
    [InlineData("b,a", "b")]
    [InlineData("gpu[03-05,11],login", "gpu03")]
    [InlineData("gpu[7,9]", "gpu7")]
    [InlineData("login,gpu[1-2]", "login")]
    [InlineData("rack[1-2]node[03-05],x", "rack1node03")]
    [InlineData("gpu[1-2]-ib", "gpu1-ib")]
    public void The_first_node_of_a_list_is_found(string list, string first) => Assert.Equal(first, NodeList.First(list));

    [Theory]
    [InlineData("", 8, 1)]
    [InlineData("SLURM_STEP_TASKS_PER_NODE=4", 8, 4)]
    [InlineData("SLURM_STEP_TASKS_PER_NODE=2(x2) SLURM_CPUS_ON_NODE=8", 8, 2)]
    [InlineData("SLURM_STEP_TASKS_PER_NODE=4 SLURM_CPUS_ON_NODE=8", 2, 1)]
    public void Tasks_share_cores_unless_they_are_bound(string variables, int processors, int sharers) =>
        Assert.Equal(sharers, Read($"SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_NODELIST=a {variables}", processors)!.CoreSharers);

    private static Placement? Read(string variables, int processors = 8)
    {
        Dictionary<string, string> set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return Placement.Read(name => set.GetValueOrDefault(name), processors);
    }
}
