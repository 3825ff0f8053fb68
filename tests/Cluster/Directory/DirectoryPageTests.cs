using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Directory;

public sealed class DirectoryPageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Examples_OfThePage_Work()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<TranslatorAgent>().AddAgent<InterpreterAgent>(), Token);
        await cluster.Client.Agent("translator/anna").TellAsync(new Learn("fi"), cancellationToken: Token);
        var agents = cluster.Client;
        await Waits.UntilAsync(() => agents.FindAsync("translate:fi", cancellationToken: Token), seen => seen.Total == 1, Token);

#pragma warning disable xUnit1051 // The page shows what a program writes, which has no test's token.
        FoundAgents found = await agents.FindAsync("translate:fi", tags: ["text"], limit: 10);
        foreach (DirectoryEntry agent in found.Agents)
        {
            await agents.Agent(agent.Agent).TellAsync(new Learn("sv"));
        }

        FoundAgents any = await agents.FindAsync("translate");
        IEnumerable<string> kinds = any.Kinds.Select(kind => kind.Kind);

        ActiveAgents active = await agents.ActiveAsync("translator", limit: 50);
        IEnumerable<string> places = active.Agents.Select(agent => $"{agent.Agent} on {agent.Silo}");
#pragma warning restore xUnit1051

        Assert.Equal("Knows 1 languages.", Assert.Single(found.Agents).Description);
        Assert.Equal(["translator"], kinds);
        Assert.StartsWith("translator/anna on ", Assert.Single(places), StringComparison.Ordinal);
        await Waits.UntilAsync(() => agents.FindAsync("translate:sv", cancellationToken: Token), seen => seen.Total == 1, Token);
        Assert.Equal("translator/anna", await agents.Agent("interpreter/a").AskAsync(new Please("sv"), cancellationToken: Token));
        await agents.Agent("translator/anna").TellAsync(new Retire(), cancellationToken: Token);
        Assert.Equal(0, (await Waits.UntilAsync(() => agents.FindAsync("translate:sv", cancellationToken: Token), seen => seen.Total == 0, Token)).Total);
    }

    [Fact]
    public void Page_EveryExample_StandsInATest()
    {
        var root = FindRoot();
        var tests = string.Concat(System.IO.Directory.EnumerateFiles(Path.Combine(root, "tests", "Cluster", "Directory"), "*.cs").Select(f => Dedent(File.ReadAllText(f)) + "\n"));
        var examples = File.ReadAllText(Path.Combine(root, "docs", "directory.md")).Split("```csharp\n")[1..].Select(e => e.Split("```")[0]).ToList();
        Assert.True(examples.Count >= 5, "The page has too few examples.");
        Assert.All(examples, example => Assert.Contains(Dedent(example), tests, StringComparison.Ordinal));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansAgents.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not stand in the tree that they were built from.");
        }

        return folder.FullName;
    }

    private static string Dedent(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => line.Trim()));
}
