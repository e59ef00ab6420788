using System.Xml.Linq;
using Unreel.Testing;

namespace Unreel.Architecture.Tests;

/// <summary>Holds every project file against the table of who may know whom.</summary>
public class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Artifacts"] = [],
        ["Pipelines"] = ["Artifacts"],
        ["Video"] = [],
        ["Modeling"] = ["Video"],
        ["Onnx"] = [],
        ["Synthesize"] = ["Pipelines", "Video", "Modeling"],
        ["Pretrain"] = ["Pipelines", "Video", "Modeling", "Onnx"],
        ["Finetune"] = ["Pipelines", "Video", "Modeling"],
        ["Export"] = ["Pipelines", "Video", "Modeling", "Onnx"],
        ["Evaluate"] = ["Pipelines", "Video", "Onnx"],
        ["Serve"] = ["Pipelines", "Video", "Onnx"],
        ["Cli"] = ["Artifacts", "Pipelines", "Video", "Modeling", "Onnx", "Synthesize", "Pretrain", "Finetune", "Export", "Evaluate", "Serve", "Distributed"],
        ["TorchSharp"] = [],
        ["OnnxRuntime"] = [],
        ["Distributed"] = ["Modeling"],
    };

    public static TheoryData<string> Projects => new(ProjectFiles().Select(Path.GetFileNameWithoutExtension).Order()!);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_references_only_what_the_design_allows(string project)
    {
        IEnumerable<string> references = Items(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension)!;

        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void Every_project_of_the_table_exists() =>
        Assert.Equal(Allowed.Keys.Order(), ProjectFiles().Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [InlineData("UsesTorch", "Modeling")]
    [InlineData("UsesOnnxRuntime", "Onnx")]
    [InlineData("UsesAzureBlobs", "Artifacts")]
    [InlineData("UsesLibav", "Video")]
    public void Only_one_project_sees_the_library(string property, string project)
    {
        IEnumerable<string?> users = ProjectFiles()
            .Where(file => XDocument.Load(file).Descendants(property).Any())
            .Select(Path.GetFileNameWithoutExtension);

        Assert.Equal([project], users);
    }

    [Theory]
    [InlineData("using TorchSharp", "Modeling")]
    [InlineData("using static TorchSharp", "Modeling")]
    [InlineData("using Microsoft.ML.OnnxRuntime", "Onnx")]
    [InlineData("using Azure.Storage", "Artifacts")]
    public void Only_one_project_names_the_library(string use, string project)
    {
        IEnumerable<string> users = Directory
            .EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Runtimes/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => line.StartsWith(use, StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(RepositoryRoot.File("src"), file).Split('/')[0])
            .Distinct();

        Assert.Empty(users.Except([project]));
    }

    [Fact]
    public void Conditional_compilation_is_not_used_above_the_runtimes()
    {
        IEnumerable<string> offenders = Directory
            .EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Runtimes/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal)));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(RepositoryRoot.File("Pipeline.sln")).Replace('\\', '/');
        IEnumerable<string> missing = new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.File(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file))
            .Where(file => !solution.Contains($"\"{file}\"", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static IEnumerable<string> ProjectFiles() =>
        Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.csproj", SearchOption.AllDirectories);

    private static IEnumerable<string> Items(string project, string item) =>
        XDocument
            .Load(ProjectFiles().Single(file => Path.GetFileNameWithoutExtension(file) == project))
            .Descendants(item)
            .Select(element => ((string)element.Attribute("Include")!).Replace('\\', '/'));
}
