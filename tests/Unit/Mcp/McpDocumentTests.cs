using System.Text;
using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using OrleansAgents.Tests.Architecture;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

public sealed class McpDocumentTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mcp.md"));

    [Fact]
    public void Examples_OfTheDocument_Compile()
    {
        var compiled = Dedent(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Unit", "Mcp", "DocumentedServers.cs")));
        Assert.Equal(2, Blocks("csharp").Count);
        Assert.All(Blocks("csharp"), example => Assert.Contains(Dedent(example), compiled, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_OfTheDocument_AreTaken()
    {
        var file = Path.GetTempFileName();
        try
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(Assert.Single(Blocks("json")).Replace("/run/secrets/search", file, StringComparison.Ordinal)));
            File.WriteAllText(file, "key");
            Assert.Equal(["desk", "search"], SiloSettings.Read(new ConfigurationBuilder().AddJsonStream(json).Build()).Mcp.Servers.Keys.Order(StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<string> Blocks(string language) => [.. Page.Split($"```{language}\n")[1..].Select(block => block.Split("```")[0])];

    private static string Dedent(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => line.Trim()));
}
