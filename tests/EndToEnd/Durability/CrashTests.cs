using System.Text.Json;
using OrleansAgents.Tests.Cluster;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Durability;

/// <summary>Kills the silo under load, again and again, and counts what is left in the end.</summary>
public sealed class CrashTests
{
    private const int MessagesPerRound = 240;
    private static readonly int Rounds = Thoroughness.Times(10);

    private readonly Traffic _traffic = new("restart");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KilledUnderLoad_AgainAndAgain_EveryEffectIsThereExactlyOnce()
    {
        var silo = new SiloProcess { Settings = ["--Agents:Audit", "true"] };
        await silo.InitializeAsync();
        await using var cleaning = new Cleaning(silo);
        await using (var client = await OutsideClient.ConnectAsync(silo))
        {
            await _traffic.SubscribeAsync(client);
        }

        var chance = new Random(20261123);
        var load = new List<string>();
        var acknowledged = 0;
        for (var round = 0; round < Rounds; round++)
        {
            load.AddRange(Enumerable.Range(round * MessagesPerRound, MessagesPerRound).Select(_traffic.Line));
            // All of the last round again, with the same ids, and this round's for the first time.
            acknowledged += await SendAndKillAsync(silo, load.TakeLast(2 * MessagesPerRound), TimeSpan.FromMilliseconds(chance.Next(50, 900)));
        }

        // A checker that passes with nothing acknowledged before a kill proves nothing.
        Assert.True(acknowledged > Rounds, $"Only {acknowledged} messages were acknowledged around the kills.");
        await SendAllAsync(silo, load);
        for (var n = 0; n < load.Count; n++)
        {
            _traffic.Expect(n);
        }

        await using (var client = await OutsideClient.ConnectAsync(silo))
        {
            await _traffic.AssertFiguresAsync(client);
        }

        await AssertAuditAsync(silo, "counter/restart-1", load.Count / Traffic.Counters);
        await AssertAuditAsync(silo, "collector/restart-a", load.Count / 4);
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

    /// <summary>The agent's log is a whole chain, and has each handled message once, whatever else was refused meanwhile.</summary>
    private static async Task AssertAuditAsync(SiloProcess silo, string agent, int atLeast)
    {
        var (code, log, error) = await silo.AgentsAsync(null, "audit", "export", agent);
        Assert.True(code == 0, error);
        (code, _, error) = await silo.AgentsAsync(log, "audit", "verify", "-");
        Assert.True(code == 0, error);
        var handled = log.Split('\n').Select(line => JsonElement.Parse(line))
            .Where(e => e.GetProperty("outcome").GetString() == "accepted" && e.GetProperty("type").GetString() is "counter.add" or "traffic.happened")
            .Select(e => e.GetProperty("id").GetString()).ToArray();
        Assert.Equal(handled.Length, handled.Distinct(StringComparer.Ordinal).Count());
        Assert.True(handled.Length >= atLeast, $"{handled.Length} of {atLeast} are in the log of {agent}.");
    }

    private sealed class Cleaning(SiloProcess silo) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => silo.DisposeAsync();
    }
}
