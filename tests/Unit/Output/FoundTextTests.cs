using OrleansAgents.Directory;
using OrleansAgents.Output;
using Xunit;

namespace OrleansAgents.Tests.Output;

public sealed class FoundTextTests
{
    private static readonly FoundAgents Some = new(
        [new DirectoryEntry("pricer/eu", "pricer", ["price", "quote"], ["eu"], "Prices\u001b[31m.")],
        [new FoundKind("clerk", ["quote"], [], null)],
        Total: 4,
        [new Unanswered("directory/7", "unreachable")]);

    [Fact]
    public void Write_ForPeople_ShowsKindsAgentsAndWhatIsMissing()
    {
        var (output, error) = Write(json: false, Some);
        var lines = output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains(lines, line => line.StartsWith("clerk/*", StringComparison.Ordinal) && line.EndsWith("quote", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("pricer/eu", StringComparison.Ordinal) && line.Contains("price, quote", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', output);
        Assert.Equal("3 more are not shown; --limit says how many are.\ndirectory/7 did not answer (unreachable); what it knows is missing here.\n", error);
    }

    [Fact]
    public void Write_ForPrograms_IsAnObjectALine()
    {
        var (output, error) = Write(json: true, Some with { Total = 1, Missing = [] });
        var lines = output.Split('\n');
        Assert.Equal("""{"agent":null,"kind":"clerk","capabilities":["quote"],"tags":[],"description":null}""", lines[0]);
        Assert.StartsWith("""{"agent":"pricer/eu","kind":"pricer","capabilities":["price","quote"],"tags":["eu"],"description":"Prices""", lines[1], StringComparison.Ordinal);
        Assert.Equal("", error);
    }

    [Fact]
    public void Write_OfNothing_SaysSo() => Assert.Equal(("", "No agent was found.\n"), Write(json: false, new([], [], 0, [])));

    [Fact]
    public void Write_OfActiveAgents_ShowsWhereTheyAre()
    {
        var active = new ActiveAgents([new ActiveAgent("pricer/eu", "127.0.0.1:1@2")], Total: 2, []);
        var (output, error) = Capture(json: false, o => ActiveText.Write(o, active));
        Assert.Contains(output.Split('\n'), line => line.Contains("pricer/eu", StringComparison.Ordinal) && line.Contains("127.0.0.1:1@2", StringComparison.Ordinal));
        Assert.StartsWith("1 more", error, StringComparison.Ordinal);
        Assert.Equal("""{"agent":"pricer/eu","silo":"127.0.0.1:1@2"}""" + "\n", Capture(json: true, o => ActiveText.Write(o, active)).Output);
        Assert.Equal("No agent is active.\n", Capture(json: false, o => ActiveText.Write(o, new([], 0, []))).Error);
    }

    private static (string Output, string Error) Write(bool json, FoundAgents found) => Capture(json, output => FoundText.Write(output, found));

    private static (string Output, string Error) Capture(bool json, Action<CommandOutput> write)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        write(new CommandOutput(output, error, json));
        return (output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
