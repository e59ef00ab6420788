using Microsoft.Extensions.DependencyInjection;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

public sealed class SynthesizeServicesTests
{
    [Fact]
    public void Registers_the_stage_and_the_reader()
    {
        using ServiceProvider provider = new ServiceCollection().AddUnreelPipelines().AddSynthesize().BuildServiceProvider();
        Assert.Equal(typeof(SynthesizeOptions), provider.GetRequiredService<StageCatalog>().Get("synthesize").OptionsType);
        Assert.Equal("unreel.synthesis.v1", Assert.Single(provider.GetServices<IClipRecipeReader>()).Format);
    }
}
