using System.Reflection;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Serve.Tests;

public sealed class NativeLibraryTests
{
    private const string Tried = """
        Unable to load shared library 'unreel_av' or one of its dependencies. In order to help diagnose loading problems, consider using a tool like strace.
        /app/unreel_av.so: cannot open shared object file: No such file or directory
        """;

    [Fact]
    public void A_missing_library_is_named_in_one_line()
    {
        string reason = NativeLibraries.WhyMissing(new DllNotFoundException(Tried)) ?? "";

        Assert.StartsWith("The native library unreel_av cannot be loaded. ", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
    }

    [Fact]
    public void A_library_that_another_one_needs_is_named_too() =>
        Assert.Contains(
            "unreel_av cannot be loaded: it needs libavcodec.so.59, which is not there",
            NativeLibraries.WhyMissing(new DllNotFoundException(Tried + "\n/app/libunreel_av.so: libavcodec.so.59: cannot open shared object file: No such file or directory")),
            StringComparison.Ordinal);

    [Fact]
    public void It_is_found_however_deep_it_lies()
    {
        TypeInitializationException first = new("Native", new DllNotFoundException("Unable to load shared library 'onnxruntime'"));
        UsageException outer = new("The model cannot be used", new OnnxModelException("libonnxruntime", "cannot be loaded", first));

        Assert.Contains("onnxruntime", NativeLibraries.WhyMissing(outer), StringComparison.Ordinal);
        Assert.Null(NativeLibraries.WhyMissing(new UsageException("no model", new IOException("gone"))));
        Assert.Contains(
            "libonnxruntime 1.2 is too old. ",
            NativeLibraries.WhyMissing(new TypeInitializationException("Native", new NotSupportedException("libonnxruntime 1.2 is too old"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_misses_one_ends_with_its_name_and_exit_code_1()
    {
        IArtifactStore store = DispatchProxy.Create<IArtifactStore, WithoutLibrary>();

        FileNotFoundException problem = await Assert.ThrowsAsync<FileNotFoundException>(() =>
            ServeHost.RunAsync(new ServeOptions { Models = [ModelChoice.Parse("onnx/a:b")], Port = 0 }, store, CancellationToken.None));

        (string message, int code) = ServeErrors.Explain(problem);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("The native library unreel_av cannot be loaded", message, StringComparison.Ordinal);
    }

    public class WithoutLibrary : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new DllNotFoundException(Tried);
    }
}
