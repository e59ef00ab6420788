namespace Unreel.Onnx.Tests;

/// <summary>Where and how models run, and what is said where they cannot.</summary>
public sealed class OnnxModelOptionsTests
{
    [Fact]
    public void OnnxModelOptions_Defaults()
    {
        var options = new OnnxModelOptions();

        Assert.Equal((OnnxDevice.Cpu, 0, false, null), (options.Device, options.DeviceId, options.AllowCpuFallback, options.GpuMemoryLimit));
        Assert.Equal((OnnxOptimisation.All, 0, false), (options.Optimisation, options.Threads, options.Spinning));
        Assert.Equal((true, true, null, CudnnSearch.Heuristic), (options.MemoryArena, options.MemoryPattern, options.ProfileTo, options.CudnnSearch));
        Assert.Empty(options.Providers);
    }

    [Theory]
    [InlineData(OnnxOptimisation.Disabled)]
    [InlineData(OnnxOptimisation.Basic)]
    [InlineData(OnnxOptimisation.Extended)]
    [InlineData(OnnxOptimisation.All)]
    public void Every_level_gives_the_same_answer(OnnxOptimisation level)
    {
        byte[] clip = SeededFloats.Bytes(TinyClassifier.Contract().Input.ClipBytes, 5);
        using OnnxModel plain = OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { Threads = 1, Optimisation = OnnxOptimisation.Disabled });
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { Threads = 1, Optimisation = level, MemoryArena = false, MemoryPattern = false, Spinning = true });

        FloatAssert.Close([.. plain.Classify(clip, 1).Logits.Select(logit => (double)logit)], model.Classify(clip, 1).Logits, 1e-4);
        Assert.Equal(("CPUExecutionProvider", null), (model.Provider, model.Notice));
    }

    [Fact]
    public void A_profile_names_the_nodes()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unreel-onnx");
        try
        {
            using (OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { Threads = 1, ProfileTo = Path.Combine(folder.FullName, "tiny"), Optimisation = OnnxOptimisation.Disabled }))
                model.Classify(new byte[model.Contract.Input.ClipBytes], 1);

            string profile = File.ReadAllText(Assert.Single(Directory.GetFiles(folder.FullName, "tiny*.json")));
            Assert.Contains("blocks.1.attn/Softmax", profile, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_profile_needs_a_folder() =>
        Assert.Equal(
            "Model 'tiny' cannot be profiled to '/no/such/folder/profile': there is no such folder",
            Assert.Throws<OnnxModelException>(() => OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { ProfileTo = "/no/such/folder/profile" })).Message);

    [Fact]
    public void A_provider_that_is_not_there_is_named_with_those_that_are()
    {
        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { Providers = ["SNPE"] }));

        Assert.StartsWith("Model 'tiny' was asked to run with the execution provider 'SNPE', which cannot be used: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("CPUExecutionProvider", exception.Message, StringComparison.Ordinal);
    }

    [NoCudaFact]
    public void The_processor_takes_over_only_where_that_is_allowed_and_says_so()
    {
        using OnnxModel model = OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { Device = OnnxDevice.Cuda, AllowCpuFallback = true, Threads = 1 });

        Assert.Equal("CPUExecutionProvider", model.Provider);
        Assert.StartsWith("runs on the processor: CUDA device 0 cannot be used: ", model.Notice, StringComparison.Ordinal);
        Assert.Equal(5, model.Classify(new byte[model.Contract.Input.ClipBytes], 1).Classes);
    }

    [NoCudaFact]
    public void A_damaged_model_is_not_taken_for_a_missing_device()
    {
        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(Broken(), "odd", new OnnxModelOptions { Device = OnnxDevice.Cuda, AllowCpuFallback = true }));

        Assert.StartsWith("Model 'odd' cannot be loaded: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such file or directory", "the library libcublasLt.so.12 is missing")]
    [InlineData("Failed to load library /opt/ort/libonnxruntime_providers_shared.so with error: /opt/ort/libonnxruntime_providers_shared.so: cannot open shared object file: No such file", "the library libonnxruntime_providers_shared.so is missing")]
    [InlineData("CUDA execution provider is not enabled in this build. ", "expected a build that has libonnxruntime_providers_cuda.so beside it")]
    [InlineData("CUDA failure 100: no CUDA-capable device is detected ; GPU=-1", "CUDA failure 100: no CUDA-capable device is detected")]
    public void What_is_missing_is_named(string message, string expected) => Assert.Contains(expected, CudaProvider.Explain(message), StringComparison.Ordinal);

    [Theory]
    [InlineData("[ErrorCode:Fail] CUDA failure 100: no CUDA-capable device is detected ; GPU=-1", true)]
    [InlineData("[ErrorCode:Fail] CUDNN failure 4: CUDNN_STATUS_INTERNAL_ERROR ; GPU=0", true)]
    [InlineData("[ErrorCode:Fail] libcudnn.so.9: cannot open shared object file", true)]
    [InlineData("[ErrorCode:Fail] BFCArena::AllocateRawInternal Available memory of 1024 is smaller than requested bytes of 4096", true)]
    [InlineData("[ErrorCode:NotImplemented] Could not find an implementation for DynamicQuantizeLSTM(1) node with name 'head'", false)]
    [InlineData("[ErrorCode:InvalidGraph] This is an invalid model. In Node, (\"y\", NoSuchOperator) is not a registered function/op", false)]
    public void A_models_fault_is_not_CUDAs(string message, bool isMeant) => Assert.Equal(isMeant, CudaProvider.IsMeant(message));

    [Fact]
    public void Products_are_not_rounded_unless_that_is_allowed()
    {
        Assert.False(new OnnxModelOptions().AllowTf32);
        Assert.Equal("0", CudaProvider.Options(new OnnxModelOptions())["use_tf32"]);
        Assert.Equal("1", CudaProvider.Options(new OnnxModelOptions { AllowTf32 = true })["use_tf32"]);
    }

    [Fact]
    public void A_provider_that_is_not_there_says_why() => Assert.Contains("execution provider", OnnxRuntimeInfo.WhyNot("NoSuch"), StringComparison.Ordinal);

    [Fact]
    public void Options_of_CUDA_bear_the_library_s_names()
    {
        Dictionary<string, string> options = CudaProvider.Options(new OnnxModelOptions { DeviceId = 2, GpuMemoryLimit = 1L << 30, CudnnSearch = CudnnSearch.Exhaustive });

        Assert.Equal(("2", "EXHAUSTIVE", "1073741824"), (options["device_id"], options["cudnn_conv_algo_search"], options["gpu_mem_limit"]));
    }

    private static byte[] Broken()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("NoSuchOperator", [graph.Input("x", ElementType.Float, 1)]), ElementType.Float, 1);
        graph.Metadata(ModelContract.Key, TinyClassifier.Contract().ToJson());
        return graph.Build().ToArray();
    }

    private sealed class NoCudaFactAttribute : FactAttribute
    {
        public NoCudaFactAttribute()
        {
            if (OnnxRuntimeInfo.WhyNoCuda() is null)
                Skip = "CUDA works on this machine";
        }
    }
}
