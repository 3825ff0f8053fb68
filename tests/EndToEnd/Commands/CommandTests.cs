using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Commands;

public sealed class CommandTests(SiloProcess silo)
{
    [Fact]
    public async Task Ask_Json_PrintsOneObject()
    {
        var (code, output, error) = await silo.AgentsAsync(null, "ask", "counter/ask", "counter.add", """{"amount":2}""", "--json");
        Assert.True(code == 0, error);
        var reply = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Equal(2, reply.GetProperty("reply").GetProperty("value").GetInt32());
        Assert.Equal("counter.add", reply.GetProperty("type").GetString());
        Assert.Equal(1, reply.GetProperty("version").GetInt32());
        Assert.True(reply.GetProperty("id").GetGuid() != Guid.Empty);
        Assert.True(reply.GetProperty("elapsedMs").GetDouble() > 0);
    }

    [Fact]
    public async Task Tell_PayloadThatDoesNotFit_PrintsTheReceiptAndExitsWithOne()
    {
        var (code, output, _) = await silo.AgentsAsync(null, "tell", "counter/bad", "counter.add", """{"amount":"two"}""", "--json");
        Assert.Equal(1, code);
        var receipt = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Equal("refused", receipt.GetProperty("outcome").GetString());
        Assert.Equal("invalid-payload", receipt.GetProperty("code").GetString());
        Assert.Equal("/payload/amount", receipt.GetProperty("problems")[0].GetProperty("pointer").GetString());
    }

    [Theory]
    [InlineData("nobody/a", "counter.add", "{}", "unknown-kind")]
    [InlineData("counter/a", "counter.unheard", "{}", "unknown-contract")]
    [InlineData("counter/a", "Bad Type", "{}", "bad-type")]
    [InlineData("UPPER/a", "counter.add", "{}", "bad-address")]
    [InlineData("counter/a", "counter.add", "{", "malformed-json")]
    [InlineData("counter/a", "counter.add", "[]", "wrong-kind")]
    public async Task Tell_Refused_NamesItsCode(string agent, string type, string payload, string expected)
    {
        var (code, output, error) = await silo.AgentsAsync(null, "tell", agent, type, payload, "--json");
        Assert.Equal(1, code);
        Assert.True(output.Length > 0, error);
        Assert.Equal(expected, JsonSerializer.Deserialize<JsonElement>(output).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Ask_HandlerThatFails_ExitsWithOneAndTellsNoSecret()
    {
        var (code, _, error) = await silo.AgentsAsync(null, "ask", "chaos/fail", "chaos.fail", "{}");
        Assert.Equal(1, code);
        Assert.Contains("failed to handle", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_SlowerThanItsTimeout_ExitsWithOne()
    {
        var (code, _, error) = await silo.AgentsAsync(null, "ask", "chaos/slow", "chaos.delay", """{"ms":60000}""", "--timeout", "0.5");
        Assert.Equal(1, code);
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("fly", "me")]
    [InlineData("ask", "counter/a")]
    [InlineData("ask", "counter/a", "counter.read", "{}", "--timeout", "soon")]
    [InlineData("audit", "verify", "/nowhere/log.jsonl")]
    [InlineData("audit", "verify", "-", "--head", "17")]
    public async Task Usage_Wrong_ExitsWithTwo(params string[] arguments) =>
        Assert.Equal(2, (await silo.AgentsAsync(null, arguments)).ExitCode);

    [Fact]
    public async Task Gateway_WithNobodyBehind_ExitsWithThreeAndSaysWhatToTry()
    {
        await using var program = RunningProgram.Start(
            Programs.Agents, ["ask", "counter/a", "counter.read", "--gateway", $"127.0.0.1:{Programs.FreePort()}"]);
        var code = await program.ExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(3, code);
        Assert.Contains("--gateway", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_FileTwice_CountsDuplicatesAndReportsRefusedLines()
    {
        var lines = Enumerable.Range(0, 200).Select(i =>
            $$$"""{"id":"{{{Guid.NewGuid()}}}","sender":"test/e2e","recipient":"counter/send-{{{i % 7}}}","type":"counter.add","payload":{"amount":1}}""");
        var file = string.Join('\n', lines.Append("""{"recipient":"counter/send-0","type":"counter.add"}""").Append("nonsense")) + "\n";
        var first = await silo.AgentsAsync(file, "send", "-", "--json");
        Assert.Equal(1, first.ExitCode);
        Assert.Equal("""{"accepted":200,"duplicate":0,"refused":2,"failed":0}""", first.Output.Split('\n')[^1]);
        Assert.Contains("201", first.Error, StringComparison.Ordinal);
        Assert.Contains("/payload", first.Error, StringComparison.Ordinal);
        Assert.Contains("malformed-json", first.Error, StringComparison.Ordinal);
        var second = await silo.AgentsAsync(file, "send", "-", "--json");
        Assert.Equal("""{"accepted":0,"duplicate":200,"refused":2,"failed":0}""", second.Output.Split('\n')[^1]);
    }

    [Fact]
    public async Task Send_TheGuidesMessage_IsAccepted()
    {
        var (code, _, error) = await silo.AgentsAsync("""{"sender":"A","recipient":"B","type":"command","payload":{"task":"train"}}""" + "\n", "send", "-");
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task Send_WithoutSender_ComesFromTheCommandsOwn()
    {
        var (code, _, error) = await silo.AgentsAsync("""{"recipient":"echo/a","type":"note","payload":{}}""" + "\n", "send", "-");
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task Relay_ToACounter_ArrivesAfterTheCommit()
    {
        var (code, _, error) = await silo.AgentsAsync(null, "tell", "relay/a", "relay.send", """{"to":"collector/relayed","type":"any.event","payload":{}}""");
        Assert.True(code == 0, error);
        await EventuallyAsync("collector/relayed", """{"distinct":1,"events":1}""");
    }

    [Fact]
    public async Task Publish_ToACollector_IsCountedOnce()
    {
        Assert.Equal(0, (await silo.AgentsAsync(null, "ask", "collector/topic", "collector.subscribe", """{"topic":"news/eu"}""")).ExitCode);
        var (code, output, error) = await silo.AgentsAsync(null, "publish", "news/eu", "news.item", """{"text":"x"}""", "--json");
        Assert.True(code == 0, error);
        Assert.Equal("accepted", JsonSerializer.Deserialize<JsonElement>(output).GetProperty("outcome").GetString());
        await EventuallyAsync("collector/topic", """{"distinct":1,"events":1}""");
    }

    [Fact]
    public async Task List_OfTheDemo_NamesKindsAndContracts()
    {
        var (code, output, error) = await silo.AgentsAsync(null, "list");
        Assert.True(code == 0, error);
        Assert.All(["echo", "counter", "relay", "collector", "chaos", "topic", "counter.add"], name => Assert.Contains(name, output, StringComparison.Ordinal));
        Assert.Contains("amount", (await silo.AgentsAsync(null, "describe", "counter")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AndListActive_NameWhoCanAndWhoIsThere()
    {
        var (code, output, error) = await silo.AgentsAsync(null, "find", "count", "--tag", "demo", "--json");
        Assert.True(code == 0, error);
        Assert.Equal(("counter", JsonValueKind.Null), (Member(output, "kind").GetString(), Member(output, "agent").ValueKind));
        await silo.AgentsAsync(null, "tell", "counter/active", "counter.add", """{"amount":1}""");
        (code, output, error) = await silo.AgentsAsync(null, "list", "--active", "counter", "--limit", "10000", "--json");
        Assert.True(code == 0, error);
        Assert.Contains(output.Split('\n'), line => Member(line, "agent").GetString() == "counter/active" && Member(line, "silo").GetString()!.StartsWith("127.0.0.1:", StringComparison.Ordinal));

        static JsonElement Member(string line, string name) => JsonSerializer.Deserialize<JsonElement>(line).GetProperty(name);
    }

    [Fact]
    public async Task Stop_OfAnAgent_KeepsItsState()
    {
        await silo.AgentsAsync(null, "tell", "counter/stop", "counter.add", """{"amount":3}""");
        Assert.Equal(0, (await silo.AgentsAsync(null, "stop", "counter/stop")).ExitCode);
        Assert.Contains("3", (await silo.AgentsAsync(null, "ask", "counter/stop", "counter.read")).Output, StringComparison.Ordinal);
    }

    /// <summary>What was told from within a turn arrives after the answer, so the collector is asked until it shows.</summary>
    private async Task EventuallyAsync(string collector, string expected)
    {
        string seen;
        do
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var (_, output, error) = await silo.AgentsAsync(null, "ask", collector, "collector.read", "{}", "--json");
            Assert.True(output.Length > 0, error);
            seen = JsonSerializer.Deserialize<JsonElement>(output).GetProperty("reply").GetRawText();
        }
        while (seen != expected && seen.Contains("\"events\":0", StringComparison.Ordinal));
        Assert.Equal(expected, seen);
    }
}
