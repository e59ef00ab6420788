using Microsoft.Extensions.DependencyInjection;
using Unreel.Pipelines;

namespace Unreel.Evaluate.Tests;

public sealed class EvaluateServicesTests
{
    [Fact]
    public void The_stage_is_found_by_name_and_can_be_made()
    {
        using ServiceProvider services = new ServiceCollection().AddUnreelPipelines().AddEvaluate().BuildServiceProvider();
        using IServiceScope scope = services.CreateScope();

        Assert.Equal(typeof(EvaluateOptions), services.GetRequiredService<StageCatalog>().Get("evaluate").OptionsType);
        Assert.NotNull(scope.ServiceProvider.GetRequiredService<EvaluateStage>());
    }
}
