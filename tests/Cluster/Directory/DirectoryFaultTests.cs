using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Directory;

/// <summary>Agents register and unregister while everything goes wrong by chance, and in the end the directory shows what they committed last.</summary>
public sealed class DirectoryFaultTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 12, Agents = 5, Steps = 7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Registrations_UnderRandomFaults_AreThoseCommittedLast(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.04)).Duplicate(When.Chance(0.08))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5)).Reorder(When.Chance(0.04));
        faults.Commits().FailBefore(When.Chance(0.06)).FailAfter(When.Chance(0.06));
        faults.Restart("vendor/*", When.Chance(0.05)).Restart("directory/*", When.Chance(0.1));
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            (options.Faults, options.Store) = (faults, store);
            options.AddAgent<VendorAgent>().ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
        }, token);
        var expected = new SortedSet<string>(StringComparer.Ordinal);
        await Parallel.ForAsync(0, Agents, token, async (i, _) =>
        {
            if (await LiveAsync(cluster, $"vendor/{i}", new Random(faults.Seed * 100 + i), token) is { } last)
            {
                lock (expected)
                {
                    expected.Add($"vendor/{i} {last}");
                }
            }
        });
        faults.Pause();
        for (var i = 0; i < Agents; i++)
        {
            // One whose commit failed last is not there, and what it has to send waits to be found.
            await cluster.Client.Agent($"vendor/{i}").StopAsync(token);
        }

        var seen = await Waits.UntilAsync(() => ReadAsync(cluster, token), read => read.SetEquals(expected), token);
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        var settled = await ReadAsync(cluster, token);
        foreach (var shard in DirectoryAddress.All)
        {
            await cluster.RestartAgentAsync(shard);
        }

        var loaded = await ReadAsync(cluster, token);
        // A run in which nothing went wrong proves nothing.
        Assert.NotEmpty(faults.Injected);
        Assert.True(
            expected.SetEquals(seen) && expected.SetEquals(settled) && expected.SetEquals(loaded),
            $"Expected {Text(expected)}, found {Text(seen)}, settled {Text(settled)}, loaded {Text(loaded)} with {faults}");
    }

    /// <summary>What one agent does, each step after the one before is acknowledged; the answer is what it registered last, or null.</summary>
    private static async Task<string?> LiveAsync(AgentTestCluster cluster, AgentId agent, Random random, CancellationToken token)
    {
        string? last = null;
        for (var step = 0; step < Steps; step++)
        {
            var ends = random.Next(4) == 0;
            last = ends ? null : $"step-{step}";
            await SendAsync(cluster, Envelope.Create("client/test", agent, ends ? new Withdraw() : (object)new Offer(["trade"], [last!])), token);
        }

        return last;
    }

    /// <summary>Sends with one id until it is acknowledged, as a program does that must not lose it.</summary>
    private static async Task SendAsync(AgentTestCluster cluster, Envelope message, CancellationToken token)
    {
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(message, new SendOptions { Timeout = TimeSpan.FromSeconds(5) }, token)).Refusal is null)
                {
                    return;
                }
            }
            catch (AgentTimeoutException)
            {
                // The outcome is unknown, which is what the id is for.
            }
        }
    }

    private static async ValueTask<SortedSet<string>> ReadAsync(AgentTestCluster cluster, CancellationToken token)
    {
        var found = await cluster.Client.FindAsync("trade", limit: 1000, cancellationToken: token);
        var seen = new SortedSet<string>(found.Agents.Select(a => $"{a.Agent} {Assert.Single(a.Tags)}"), StringComparer.Ordinal);
        seen.UnionWith(found.Missing.Select(missing => missing.ToString()));
        return seen;
    }

    private static string Text(SortedSet<string> names) => $"[{string.Join(", ", names)}]";
}
