using System.Globalization;
using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Durability;

/// <summary>Kills the silo under load, again and again, and counts what is left in the end.</summary>
public sealed class CrashTests
{
    private const int Rounds = 20, MessagesPerRound = 240, Relays = 8, Counters = 24;
    private const string Topic = "crash/events";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KilledUnderLoad_TwentyTimes_EveryEffectIsThereExactlyOnce()
    {
        var silo = new SiloProcess { Settings = ["--Agents:Audit", "true"] };
        await silo.InitializeAsync();
        await using var cleaning = new Cleaning(silo);
        foreach (var collector in new[] { "a", "b" })
        {
            var (code, _, error) = await silo.AgentsAsync(null, "tell", $"collector/{collector}", "collector.subscribe", $$"""{"topic":"{{Topic}}"}""");
            Assert.True(code == 0, error);
        }

        var chance = new Random(20261123);
        var load = new List<string>();
        var acknowledged = 0;
        for (var round = 0; round < Rounds; round++)
        {
            load.AddRange(CreateMessages(round));
            // All of the last round again, with the same ids, and this round's for the first time.
            acknowledged += await SendAndKillAsync(silo, load.TakeLast(2 * MessagesPerRound), TimeSpan.FromMilliseconds(chance.Next(50, 900)));
        }

        // A checker that passes with nothing acknowledged before a kill proves nothing.
        Assert.True(acknowledged > Rounds, $"Only {acknowledged} messages were acknowledged around the kills.");
        await SendAllAsync(silo, load);
        await AssertCountersAsync(silo);
        foreach (var collector in new[] { "a", "b" })
        {
            var expected = Rounds * MessagesPerRound / 4;
            await WaitForAsync(silo, $"collector/{collector}", "collector.read", "distinct", expected);
            Assert.Equal(expected, await ReadAsync(silo, $"collector/{collector}", "collector.read", "events"));
        }

        await AssertAuditAsync(silo, "counter/1", Rounds * MessagesPerRound / Counters);
        await AssertAuditAsync(silo, "collector/a", Rounds * MessagesPerRound / 4);
    }

    private static IEnumerable<string> CreateMessages(int round)
    {
        for (var i = 0; i < MessagesPerRound; i++)
        {
            var id = new Guid(round, (short)i, 0, [0x80, 0, 0, 0, 0, 0, 0, 1]);
            yield return i % 4 == 0
                ? $$$"""{"id":"{{{id}}}","sender":"client/crash","recipient":"topic/{{{Topic}}}","type":"crash.happened","payload":{"n":{{{i}}}}}"""
                : $$$$"""{"id":"{{{{id}}}}","sender":"client/crash","recipient":"relay/{{{{i % Relays}}}}","type":"relay.send","payload":{"to":"counter/{{{{i % Counters}}}}","type":"counter.add","payload":{"amount":1}}}""";
        }
    }

    /// <summary>Kills and restarts the silo while messages are sent, and tells how many were acknowledged all the same.</summary>
    private static async Task<int> SendAndKillAsync(SiloProcess silo, IEnumerable<string> messages, TimeSpan after)
    {
        await using var sending = RunningProgram.Start(
            Programs.Agents, ["send", "-", "--json", "--parallel", "16", "--timeout", "10", "--gateway", silo.Gateway],
            string.Join('\n', messages), silo.Signing);
        // A random moment is what this is about: from somewhere in the sender's start to the middle of its load.
        await Task.Delay(TimeSpan.FromMilliseconds(600) + after, TimeProvider.System, Token);
        await silo.KillAsync();
        await silo.InitializeAsync();
        await sending.ExitAsync(Token).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Token);
        return sending.Output.Split('\n') is [.., var last] && last.StartsWith('{') && JsonElement.Parse(last) is var summary
            && summary.TryGetProperty("accepted", out var accepted) ? accepted.GetInt32() : 0;
    }

    private static async Task SendAllAsync(SiloProcess silo, List<string> load)
    {
        var (code, output, error) = await silo.AgentsAsync(string.Join('\n', load), "send", "-", "--json", "--parallel", "16");
        Assert.True(code == 0, error);
        var summary = JsonElement.Parse(output.Split('\n')[^1]);
        Assert.Equal(load.Count, summary.GetProperty("accepted").GetInt32() + summary.GetProperty("duplicate").GetInt32());
        Assert.True(summary.GetProperty("duplicate").GetInt32() > 0, output);
    }

    private static async Task AssertCountersAsync(SiloProcess silo)
    {
        var expected = new int[Counters];
        for (var i = 0; i < MessagesPerRound; i++)
        {
            expected[i % Counters] += i % 4 == 0 ? 0 : Rounds;
        }

        for (var i = 0; i < Counters; i++)
        {
            await WaitForAsync(silo, $"counter/{i}", "counter.read", "value", expected[i]);
        }
    }

    /// <summary>The agent's log is a whole chain, and has each handled message once, whatever else was refused meanwhile.</summary>
    private static async Task AssertAuditAsync(SiloProcess silo, string agent, int atLeast)
    {
        var (code, log, error) = await silo.AgentsAsync(null, "audit", "export", agent);
        Assert.True(code == 0, error);
        (code, _, error) = await silo.AgentsAsync(log, "audit", "verify", "-");
        Assert.True(code == 0, error);
        var handled = log.Split('\n').Select(line => JsonElement.Parse(line))
            .Where(e => e.GetProperty("outcome").GetString() == "accepted" && e.GetProperty("type").GetString() is "counter.add" or "crash.happened")
            .Select(e => e.GetProperty("id").GetString()).ToArray();
        Assert.Equal(handled.Length, handled.Distinct(StringComparer.Ordinal).Count());
        Assert.True(handled.Length >= atLeast, $"{handled.Length} of {atLeast} are in the log of {agent}.");
    }

    /// <summary>Asks until the figure is there; more than expected fails at once.</summary>
    private static async Task WaitForAsync(SiloProcess silo, string agent, string query, string member, int expected)
    {
        var value = -1;
        for (var i = 0; i < 20 && value < expected; i++)
        {
            value = await ReadAsync(silo, agent, query, member);
        }

        Assert.Equal(expected, value);
    }

    private static async Task<int> ReadAsync(SiloProcess silo, string agent, string query, string member)
    {
        var (code, output, error) = await silo.AgentsAsync(null, "ask", agent, query, "{}", "--json");
        Assert.True(code == 0, error);
        return int.Parse(JsonElement.Parse(output).GetProperty("reply").GetProperty(member).GetRawText(), CultureInfo.InvariantCulture);
    }

    private sealed class Cleaning(SiloProcess silo) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => silo.DisposeAsync();
    }
}
