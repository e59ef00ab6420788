using Microsoft.ML.OnnxRuntime;

namespace Unreel.Runtimes.OnnxRuntime.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void SessionOptions_Defaults()
    {
        using var options = new SessionOptions();

        Assert.Equal(GraphOptimizationLevel.ORT_ENABLE_ALL, options.GraphOptimizationLevel);
        Assert.Equal(ExecutionMode.ORT_SEQUENTIAL, options.ExecutionMode);
        Assert.Equal(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, options.LogSeverityLevel);
        Assert.Equal((0, 0, 0), (options.IntraOpNumThreads, options.InterOpNumThreads, options.LogVerbosityLevel));
        Assert.Equal((true, true, false), (options.EnableMemoryPattern, options.EnableCpuMemArena, options.EnableProfiling));
        Assert.Equal(("", "", "onnxruntime_profile_"), (options.OptimizedModelFilePath, options.LogId, options.ProfileOutputPathPrefix));
    }

    [Fact]
    public void RunOptions_Defaults()
    {
        using var options = new RunOptions();

        Assert.Equal((false, "", 0), (options.Terminate, options.LogId, options.LogVerbosityLevel));
        Assert.Equal(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, options.LogSeverityLevel);
    }

    [Fact]
    public void Options_reach_the_session()
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_PARALLEL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            EnableMemoryPattern = false,
            EnableCpuMemArena = false,
            LogId = "session",
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddFreeDimensionOverrideByName("rows", 2);
        options.AppendExecutionProvider_CPU();

        using var session = new InferenceSession(TinyModel.Negate, options);

        Assert.Equal([2, 3], session.InputMetadata["x"].Dimensions);
    }

    [Fact]
    public void The_optimised_model_and_the_profile_are_written()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ort");
        try
        {
            using var options = new SessionOptions
            {
                OptimizedModelFilePath = Path.Combine(folder.FullName, "optimised.onnx"),
                ProfileOutputPathPrefix = Path.Combine(folder.FullName, "profile"),
                EnableProfiling = true,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
            };
            using var session = new InferenceSession(TinyModel.Negate, options);

            string profile = session.EndProfiling();

            Assert.StartsWith(options.ProfileOutputPathPrefix, profile, StringComparison.Ordinal);
            Assert.True(File.Exists(profile));
            Assert.True(File.Exists(options.OptimizedModelFilePath));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_environment_is_one_and_knows_its_providers()
    {
        OrtEnv environment = OrtEnv.Instance();

        Assert.Same(environment, OrtEnv.Instance());
        Assert.True(OrtEnv.IsCreated);
        Assert.Matches(@"^1\.\d+\.\d+", environment.GetVersionString());
        Assert.Contains("CPUExecutionProvider", environment.GetAvailableProviders());
    }

    [Fact]
    public void A_provider_that_cannot_be_named_throws()
    {
        using var options = new SessionOptions();

        Assert.Throws<NotSupportedException>(() => options.AppendExecutionProvider("NOPE", new Dictionary<string, string> { ["a"] = "b" }));
    }

    [NoCudaFact]
    public void CUDA_without_a_driver_throws()
    {
        using var options = new SessionOptions();

        Exception exception = Assert.ThrowsAny<Exception>(() => options.AppendExecutionProvider_CUDA(0));

        // Builds for the CPU alone do not export the function.
        Assert.True(exception is OnnxRuntimeException or EntryPointNotFoundException, exception.ToString());
    }

    [Fact]
    public void Memory_is_described()
    {
        using var info = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);

        Assert.Equal(("Cpu", 0), (info.Name, info.Id));
        Assert.Equal(OrtMemType.Default, info.GetMemoryType());
        Assert.Equal(OrtAllocatorType.DeviceAllocator, info.GetAllocatorType());
        Assert.Equal("Cpu", OrtMemoryInfo.DefaultInstance.Name);
        Assert.Equal("Cpu", OrtAllocator.DefaultInstance.Info.Name);
    }

    private sealed class NoCudaFactAttribute : FactAttribute
    {
        public NoCudaFactAttribute()
        {
            if (File.Exists("/proc/driver/nvidia/version"))
                Skip = "This machine has an NVIDIA driver, so CUDA may well work";
        }
    }
}
