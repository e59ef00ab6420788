using Unreel.Testing;

namespace Unreel.Synthesize.Tests.Scenes;

public sealed class FiguresTableTests
{
    [Fact]
    public void The_readme_has_the_figures_as_they_are_measured()
    {
        string path = RepositoryRoot.File("src", "Synthesize", "README.md"), text = File.ReadAllText(path), expected = FiguresTable.Make();
        Assert.True(text.Contains(expected, StringComparison.Ordinal), $"The figures in {path} are not those measured. Put these in their place:\n\n{expected}");
    }
}
