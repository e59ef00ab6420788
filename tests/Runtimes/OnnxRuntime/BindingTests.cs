using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Runtimes.OnnxRuntime.Tests;

/// <summary>Values bound once and run many times, and sessions that share.</summary>
public sealed class BindingTests
{
    [Fact]
    public void An_allocator_s_memory_can_be_bound()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        using OrtMemoryAllocation input = OrtAllocator.DefaultInstance.Allocate(12);
        using OrtMemoryAllocation output = OrtAllocator.DefaultInstance.Allocate(12);
        using OrtIoBinding binding = session.CreateIoBinding();
        using var options = new RunOptions();
        binding.BindInput("x", TensorElementType.Float, [1, 3], input);
        binding.BindOutput("y", TensorElementType.Float, [1, 3], output);

        Assert.Equal((12u, "Cpu"), (input.Size, input.Info.Name));
        for (int run = 1; run <= 3; run++)
        {
            Fill(session, input, run);
            using var results = session.RunWithBoundResults(options, binding);
            Assert.Equal([-run, -run, -run], results[0].GetTensorDataAsSpan<float>().ToArray().Select(value => (int)value));
        }
    }

    [Fact]
    public void Memory_smaller_than_the_shape_is_refused()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        using OrtMemoryAllocation small = OrtAllocator.DefaultInstance.Allocate(8);
        using OrtIoBinding binding = session.CreateIoBinding();

        Assert.Throws<OnnxRuntimeException>(() => binding.BindInput("x", TensorElementType.Float, [1, 3], small));
    }

    [Fact]
    public void Tensors_that_lie_where_they_are_can_be_bound()
    {
        float[] given = [1, 2, 3], got = new float[3];
        using var session = new InferenceSession(TinyModel.Negate);
        using FixedBufferOnnxValue x = FixedBufferOnnxValue.CreateFromTensor(new DenseTensor<float>(given, [1, 3]));
        using FixedBufferOnnxValue y = FixedBufferOnnxValue.CreateFromTensor(new DenseTensor<float>(got, [1, 3]));
        using OrtIoBinding binding = session.CreateIoBinding();
        using var options = new RunOptions();
        binding.BindInput("x", x);
        binding.BindOutput("y", y);

        session.RunWithBinding(options, binding);
        Assert.Equal([-1f, -2, -3], got);
        given[0] = 7;
        session.RunWithBinding(options, binding);

        Assert.Equal([-7f, -2, -3], got);
        Assert.Equal((OnnxValueType.ONNX_TYPE_TENSOR, TensorElementType.Float), (x.OnnxValueType, x.ElementType));
    }

    [Fact]
    public void Every_thread_may_bind_its_own_values_to_one_session()
    {
        using var session = new InferenceSession(TinyModel.Negate);

        Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var x = OrtValue.CreateTensorValueFromMemory(new float[] { i, i, i }, [1, 3]);
            using OrtIoBinding binding = session.CreateIoBinding();
            using var options = new RunOptions();
            binding.BindInput("x", x);
            binding.BindOutputToDevice("y", OrtMemoryInfo.DefaultInstance);
            using var results = session.RunWithBoundResults(options, binding);
            Assert.Equal([-i, -i, -i], results[0].GetTensorDataAsSpan<float>().ToArray().Select(value => (int)value));
        });
    }

    [Fact]
    public void Sessions_may_share_what_is_prepacked()
    {
        using var container = new PrePackedWeightsContainer();
        using var options = new SessionOptions();
        using var first = new InferenceSession(TinyModel.Negate, options, container);
        using var second = new InferenceSession(TinyModel.Negate, container);

        Assert.Equal(first.InputNames, second.InputNames);
        Assert.False(container.IsInvalid);
    }

    [Fact]
    public void Profiling_tells_when_it_began_and_where_it_wrote()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ort");
        try
        {
            using var options = new SessionOptions { ProfileOutputPathPrefix = Path.Combine(folder.FullName, "profile"), EnableProfiling = true };
            using var session = new InferenceSession(TinyModel.Negate, options);
            session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>([1, 3]))]).Dispose();

            Assert.True(session.ProfilingStartTimeNs > 0);
            Assert.Contains("\"Neg\"", File.ReadAllText(session.EndProfiling()), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Fill(InferenceSession session, OrtMemoryAllocation memory, float value)
    {
        using var source = OrtValue.CreateTensorValueFromMemory(new[] { -value, -value, -value }, [1, 3]);
        using OrtIoBinding binding = session.CreateIoBinding();
        using var options = new RunOptions();
        binding.BindInput("x", source);
        binding.BindOutput("y", TensorElementType.Float, [1, 3], memory);
        session.RunWithBinding(options, binding);
    }
}
