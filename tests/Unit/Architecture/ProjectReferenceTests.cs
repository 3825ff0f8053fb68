using Xunit;

namespace OrleansAgents.Tests.Architecture;

public sealed class ProjectReferenceTests
{
    private static readonly string[] Folders = ["src", "samples"];
    private static readonly string[] Patterns = ["*.csproj", "*.props", "*.targets"];

    [Fact]
    public void References_OfEveryProject_AreThoseTheDesignAllows()
    {
        var violations = BuildFiles()
            .SelectMany(file => ProjectReferenceRule.Violations(Repository.Relative(file), File.ReadAllText(file)))
            .ToList();

        Assert.True(violations.Count == 0, "Not allowed:\n" + string.Join('\n', violations));
    }

    [Fact]
    public void Search_OfTheTree_FindsTheProjects()
    {
        var files = BuildFiles().Select(Repository.Relative).ToList();

        Assert.Contains("src/Grains.Interfaces/Grains.Interfaces.csproj", files, StringComparer.Ordinal);
        Assert.Contains("src/Grains/Grains.csproj", files, StringComparer.Ordinal);
        Assert.Contains("src/Storage/Storage.csproj", files, StringComparer.Ordinal);
        Assert.Contains("src/Client/Client.csproj", files, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("src/Client/Client.csproj", "../Grains.Interfaces/Grains.Interfaces.csproj")]
    [InlineData("src/Silo/Silo.csproj", @"..\Grains\Grains.csproj;..\Client\Client.csproj")]
    [InlineData("samples/Hello/Hello.csproj", "../../src/Silo/Silo.csproj")]
    public void Violations_AllowedReference_None(string project, string include) =>
        Assert.Empty(ProjectReferenceRule.Violations(project, Project(include)));

    [Theory]
    [InlineData("src/Grains.Interfaces/Grains.Interfaces.csproj", "../Grains/Grains.csproj", "src/Grains/Grains.csproj")]
    [InlineData("src/Client/Client.csproj", @"..\Grains\Grains.csproj", "src/Grains/Grains.csproj")]
    [InlineData("src/Cli/Cli.csproj", "../Client/Client.csproj; ../Storage/Storage.csproj", "src/Storage/Storage.csproj")]
    [InlineData("src/Grains/Grains.csproj", "../../other/Grains.Interfaces.csproj", "other/Grains.Interfaces.csproj")]
    [InlineData("samples/Hello/Hello.csproj", "../Other/Other.csproj", "samples/Other/Other.csproj")]
    public void Violations_ForbiddenReference_IsReported(string project, string include, string target) =>
        Assert.Equal($"{project} -> {target}", Assert.Single(ProjectReferenceRule.Violations(project, Project(include))));

    [Fact]
    public void Violations_UnknownProject_IsReported() =>
        Assert.Single(ProjectReferenceRule.Violations("src/New/New.csproj", "<Project />"));

    [Fact]
    public void Violations_ReferenceInSharedProperties_IsReported() =>
        Assert.Single(ProjectReferenceRule.Violations("src/Directory.Build.props", Project("Client/Client.csproj")));

    private static IEnumerable<string> BuildFiles() =>
        Folders.SelectMany(folder => Patterns.SelectMany(pattern => Repository.Files(folder, pattern)));

    private static string Project(string include) =>
        $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="{include}" /></ItemGroup></Project>""";
}
