using System.CommandLine;
using OrleansAgents.Commands;
using Xunit;

namespace OrleansAgents.Tests.Commands;

public sealed class FindUsageTests
{
    [Theory]
    [InlineData("is no capability", "find", "Quote")]
    [InlineData("'tags'", "find", "quote", "--tag", "eu", "--tag", "No Tag")]
    [InlineData("'kind'", "find", "quote", "--kind", "A/b")]
    [InlineData("'limit'", "find", "quote", "--limit", "1001")]
    [InlineData("10000 at most", "list", "--active", "--limit", "10001")]
    public async Task Usage_ThatBreaksARule_ExitsWithTwoAndSaysWhich(string said, params string[] arguments)
    {
        using var error = new StringWriter();
        var code = await AgentsCommand.Create().Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = TextWriter.Null, Error = error }, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(said, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("find")]
    [InlineData("find", "quote", "--limit", "0")]
    [InlineData("list", "--limit", "5")]
    public void Parse_OfAWrongLine_HasErrors(params string[] arguments) => Assert.NotEmpty(AgentsCommand.Create().Parse(arguments).Errors);

    [Theory]
    [InlineData("list", "--active")]
    [InlineData("list", "--active", "pricer", "--limit", "5")]
    [InlineData("find", "quote", "--tag", "eu", "--tag", "fast", "--kind", "pricer", "--limit", "5", "--json")]
    public void Parse_OfARightLine_HasNone(params string[] arguments) => Assert.Empty(AgentsCommand.Create().Parse(arguments).Errors);
}
