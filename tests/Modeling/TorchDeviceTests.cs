namespace Unreel.Modeling.Tests;

public sealed class TorchDeviceTests
{
    [Theory]
    [InlineData(0, 1, "", 0)]
    [InlineData(3, 4, "CUDA_VISIBLE_DEVICES=0,1,2,3", 3)]
    [InlineData(1, 1, "CUDA_VISIBLE_DEVICES=0", 0)]
    [InlineData(1, 1, "CUDA_VISIBLE_DEVICES=GPU-1f0a", 0)]
    public void Every_process_has_a_device(int process, int devices, string variables, int index) =>
        Assert.Equal(index, TorchSetup.IndexAmong(process, devices, Reader(variables)));

    [Theory]
    [InlineData(1, 1, "")]
    [InlineData(2, 2, "CUDA_VISIBLE_DEVICES=0,1")]
    [InlineData(1, 1, "CUDA_VISIBLE_DEVICES=0 UNREEL_LAUNCHED=1")]
    public void Processes_that_see_the_same_devices_do_not_share_one(int process, int devices, string variables) =>
        Assert.Contains($"needs CUDA device {process}", Assert.Throws<ModelException>(() => TorchSetup.IndexAmong(process, devices, Reader(variables))).Message, StringComparison.Ordinal);

    private static Func<string, string?> Reader(string variables)
    {
        Dictionary<string, string> set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return set.GetValueOrDefault;
    }
}
