using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Models;

namespace OrleansAgents.Tests.Samples;

public sealed class SampleTests(SiloProcess silo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hello_Run_PrintsTheReply()
    {
        // As the README says, but with the projects that are built already.
        await using var hello = RunningProgram.Dotnet(["run", "--configuration", Programs.Configuration, Path.Combine(Programs.Repository, "samples", "hello.cs")]);
        var code = await hello.ExitAsync(Token);
        Assert.True(code == 0, hello.Output + hello.Error);
        Assert.Equal("Hello, world!", hello.Output.Split('\n')[^1]);
    }

    [Fact]
    public void Hello_Text_FitsInFifteenLinesAndStandsInTheReadme()
    {
        var text = File.ReadAllText(Path.Combine(Programs.Repository, "samples", "hello.cs")).TrimEnd();
        Assert.InRange(text.Split('\n').Length, 1, 15);
        Assert.Contains($"```csharp\n{text}\n```", File.ReadAllText(Path.Combine(Programs.Repository, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_Run_DoesWhatTheGuideSays()
    {
        await using var guide = RunningProgram.Start(Programs.Guide, []);
        var code = await guide.ExitAsync(Token);
        Assert.True(code == 0, guide.Output + guide.Error);
        Assert.Contains("6 of 6", guide.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A2AClient_OfThePublicSdk_CallsTheAgentsByBothBindings()
    {
        // Its packages are there: test.sh has npm bring them.
        var client = Path.Combine(Programs.Repository, "samples", "interop", "a2a", "client.mjs");
        await using var node = RunningProgram.Run("node", [client, silo.Url, SiloProcess.ShopKey]);
        var code = await node.ExitAsync(Token);
        Assert.True(code == 0, node.Output + node.Error);
        Assert.EndsWith("8 of 8", node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patterns_Run_GoesAsTheStoriesSay()
    {
        await using var patterns = RunningProgram.Start(Programs.Patterns, []);
        var code = await patterns.ExitAsync(Token);
        Assert.True(code == 0, patterns.Output + patterns.Error);
        Assert.Contains("7 of 7", patterns.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marketplace_Run_TellsItsStory()
    {
        await using var market = RunningProgram.Start(Programs.Marketplace, []);
        var code = await market.ExitAsync(Token);
        Assert.True(code == 0, market.Output + market.Error);
        Assert.Equal(
            [
                "The directory knows seller/anna and seller/bert for apples.",
                "dora wishes for apples at 12 or less.",
                "dora has apples of seller/anna for 9.9.",
                "dora wishes for pears at 15 or less.",
                "dora gets no pears: Nobody made an offer that can be awarded.",
                "emil wishes for apples at 12 or less.",
                "emil gets no apples: There is no such place.",
            ],
            market.Output.Split('\n')[..7]);
        Assert.EndsWith("There are 200 in all accounts, and 1 purchase was paid.", market.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Team_RunOffline_TellsItsStory()
    {
        await using var team = RunningProgram.Start(Programs.Team, []);
        var code = await team.ExitAsync(Token);
        Assert.True(code == 0, team.Output + team.Error);
        var lines = team.Output.Split('\n');
        Assert.Equal("The publisher wants an article about tea.", lines[0]);
        Assert.Equal("Editor: Printed as draft 1.", lines[3]);
        // The researcher found it, as a tool of the writer.
        Assert.StartsWith("Article: This is the offline model, which does not think. The tools answered:", lines[4], StringComparison.Ordinal);
        Assert.Contains("Tea is made of leaves", lines[4], StringComparison.Ordinal);
        Assert.Equal("The researcher remembers 4 messages: user, assistant, tool, assistant.", lines[5]);
        Assert.Equal("The reviewer remembers 2 messages: user, assistant.", lines[7]);
    }

    [Fact]
    public async Task Team_WithAModelOfTwoSettings_GoesByItsReviews()
    {
        await using var model = await LocalModelServer.StartAsync(Token);
        model.Script(
            ModelSteps.Call("researcher__chat_say", """{"parts":[{"text":"What is known of tea?"}]}"""),
            ModelSteps.Call("search", """{"about":"tea"}"""),
            ModelSteps.Say("Tea is made of leaves."),
            ModelSteps.Say("Tea is leaves."),
            ModelSteps.Say("""{"faults":1,"remark":"Say more."}"""),
            ModelSteps.Say("Tea is made of leaves, and people like it."),
            ModelSteps.Say("""{"faults":0,"remark":""}"""));
        await using var team = RunningProgram.Start(Programs.Team, ["--endpoint", model.OpenAi.ToString(), "--model", "local"]);
        var code = await team.ExitAsync(Token);
        Assert.True(code == 0, team.Output + team.Error);
        Assert.Contains("Editor: The reviewer counts 1 against it: Say more.", team.Output, StringComparison.Ordinal);
        Assert.Contains("Article: Tea is made of leaves, and people like it.", team.Output, StringComparison.Ordinal);
        Assert.Contains("The reviewer remembers 4 messages", team.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PricerTests_Run_AllPass()
    {
        await using var tests = RunningProgram.Start(Programs.PricerTests, ["-noColor"]);
        var code = await tests.ExitAsync(Token);
        Assert.True(code == 0, tests.Output + tests.Error);
        Assert.Contains("Failed: 0, Skipped: 0", tests.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("testing.md", 5)]
    [InlineData("asking.md", 2)]
    [InlineData("chat.md", 3)]
    [InlineData("routing.md", 1)]
    [InlineData("blackboard.md", 4)]
    [InlineData("conversations.md", 3)]
    [InlineData("conventions.md", 2)]
    [InlineData("negotiation.md", 2)]
    [InlineData("patterns.md", 5)]
    [InlineData("runs.md", 2)]
    public void Page_EveryExample_StandsInTheSample(string page, int fewest)
    {
        var samples = System.IO.Directory.EnumerateFiles(Path.Combine(Programs.Repository, "samples"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal));
        var sample = string.Concat(samples.Select(f => Dedent(File.ReadAllText(f)) + "\n"));
        var examples = File.ReadAllText(Path.Combine(Programs.Repository, "docs", page)).Split("```csharp\n")[1..].Select(e => e.Split("```")[0]).ToList();
        Assert.True(examples.Count >= fewest, "The page has too few examples.");
        Assert.All(examples, example => Assert.Contains(Dedent(example), sample, StringComparison.Ordinal));
    }

    private static string Dedent(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => line.Trim()));
}
