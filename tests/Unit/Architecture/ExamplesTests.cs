using System.Text;
using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using Xunit;

namespace OrleansAgents.Tests.Architecture;

/// <summary>What pages for users show is what compiles and what settings take.</summary>
public sealed class ExamplesTests
{
    [Theory]
    [InlineData("mcp.md", 2, "Mcp/DocumentedServers.cs")]
    [InlineData("agent-framework.md", 3, "Intelligence/DocumentedHelper.cs")]
    public void Examples_OfTheDocument_Compile(string page, int count, string file)
    {
        var compiled = Dedent(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Unit", file)));
        Assert.Equal(count, Blocks(page, "csharp").Count);
        Assert.All(Blocks(page, "csharp"), example => Assert.Contains(Dedent(example), compiled, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_OfTheDocument_AreTaken()
    {
        var file = Path.GetTempFileName();
        try
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(Assert.Single(Blocks("mcp.md", "json")).Replace("/run/secrets/search", file, StringComparison.Ordinal)));
            File.WriteAllText(file, "key");
            Assert.Equal(["desk", "search"], SiloSettings.Read(new ConfigurationBuilder().AddJsonStream(json).Build()).Mcp.Servers.Keys.Order(StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<string> Blocks(string page, string language) =>
        [.. File.ReadAllText(Path.Combine(Repository.Root, "docs", page)).Split($"```{language}\n")[1..].Select(block => block.Split("```")[0])];

    private static string Dedent(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => line.Trim()));
}
