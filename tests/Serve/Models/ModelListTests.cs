using Unreel.Artifacts;
using Unreel.Serve.Models;

namespace Unreel.Serve.Tests;

public sealed class ModelListTests
{
    [Fact]
    public async Task What_is_in_service_and_what_was_refused_is_told()
    {
        using ModelRegistry registry = new(ModelChoice.Parse("onnx/tiny:latest"), ModelChoice.Parse("other=onnx/tiny:best"));
        ModelHost host = registry.Default;
        Assert.Equal(("tiny", "latest", false), (ModelList.Of(registry).Models[0].Name, ModelList.Of(registry).Models[0].Version, ModelList.Of(registry).Models[0].Ready));

        ServedModel model = new(new ModelFile("onnx/tiny:latest", Digest.Of([1]), "model.onnx"), new ScriptedClassifier(), TimeProvider.System);
        host.Put(model);
        host.Refuse(new ModelRefusal(Digest.Of([2]), "it is damp", DateTimeOffset.UnixEpoch));
        Models.ModelDescription told = ModelList.Of(registry).Models[0];

        Assert.True(told.Ready);
        Assert.Equal((Digest.Of([1]).ToString(), "CPUExecutionProvider", 2, 4, 1), (told.Digest, told.Provider, told.Frames, told.Size, told.Batching));
        Assert.Equal((Digest.Of([2]).ToString(), "it is damp"), (told.Refused!.Digest, told.Refused.Reason));
        Assert.Equal("other", ModelList.Of(registry).Models[1].Name);
        host.Put(new ServedModel(model.Source, new ScriptedClassifier(), TimeProvider.System));
        Assert.Null(ModelList.Of(registry).Models[0].Refused);
        await model.Closed.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
