using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Commands;

public sealed class BlackboardTests(SiloProcess silo)
{
    [Fact]
    public async Task Board_ByTheCommand_IsChangedReadAndWatched()
    {
        Assert.Equal("1", (await RunAsync(0, null, "merge", "e2e/plan", """{"steps":["mow"]}""")).Output);
        const string Patch = """[{"op":"add","path":"/steps/-","value":"bale"}]""";
        Assert.Equal("""{"version":2}""", (await RunAsync(0, Patch, "patch", "e2e/plan", "-", "--expected", "1", "--json")).Output);

        var conflict = JsonElement.Parse((await RunAsync(1, null, "patch", "e2e/plan", Patch, "--expected", "1", "--json")).Output);
        Assert.Equal("blackboard.conflict", conflict.GetProperty("code").GetString());
        Assert.Contains("Operation 0", (await RunAsync(1, null, "patch", "e2e/plan", """[{"op":"remove","path":"/none"}]""")).Error, StringComparison.Ordinal);

        Assert.Equal("""{"document":{"steps":["mow"]},"version":1}""", Sort((await RunAsync(0, null, "read", "e2e/plan", "--version", "1", "--json")).Output));
        var history = (await RunAsync(0, null, "history", "e2e/plan", "--after", "1")).Output;
        Assert.Equal((2, "client/cli"), (JsonElement.Parse(history).GetProperty("version").GetInt32(), JsonElement.Parse(history).GetProperty("by").GetString()));
        Assert.Equal("""{"steps":["mow","bale"]}""", (await RunAsync(0, null, "watch", "e2e/plan", "--count", "1")).Output);
    }

    [Theory]
    [InlineData(1, "patch", "plan", "{}")]
    [InlineData(1, "merge", "a b", "{}")]
    [InlineData(2, "history", "plan", "--limit", "0")]
    public async Task Usage_Wrong_ExitsWithItsCode(int code, params string[] arguments) => await RunAsync(code, null, arguments);

    private static string Sort(string json) => JsonSerializer.Serialize(
        JsonSerializer.Deserialize<SortedDictionary<string, JsonElement>>(json));

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(int expected, string? input, params string[] arguments)
    {
        var result = await silo.AgentsAsync(input, ["blackboard", .. arguments]);
        Assert.True(result.ExitCode == expected, $"{result.ExitCode}: {result.Output}{result.Error}");
        return result;
    }
}
