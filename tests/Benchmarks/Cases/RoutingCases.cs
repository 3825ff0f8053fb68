using System.Text.Json;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Routing;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Asks by way of one and of three routers beside direct asks, and by way of routers with few and with many rules.</summary>
internal static class RoutingCases
{
    private const int Targets = 100, RulesAtOnce = 1000;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        using var directory = DataDirectory.Create();
        using var host = await BenchmarkHost.StartDurableSiloAsync(store => store.DataDirectory = directory.Path, silo => silo.AddAgent<QuoteAgent>());
        await foreach (var row in RunHopsAsync(options, host))
        {
            yield return row;
        }

        await foreach (var row in RunDurableAsync(options, host))
        {
            yield return row;
        }

        await foreach (var row in RunRulesAsync(options, host))
        {
            yield return row;
        }

        await host.StopAsync();
    }

    private static async IAsyncEnumerable<Row> RunHopsAsync(BenchmarkOptions options, IHost host)
    {
        var client = host.Agents();
        var direct = AgentCall.To(client, Targets);
        for (var i = 0; i < Targets; i++)
        {
            await PutAsync(client, $"router/last-{i}", new Route("on", [$"{QuoteAgent.Kind}/agent-{i}"]));
            await PutAsync(client, $"router/second-{i}", new Route("on", [$"router/last-{i}"]));
            await PutAsync(client, $"router/first-{i}", new Route("on", [$"router/second-{i}"]));
        }

        foreach (var (name, first) in new[] { ("routed, 1 hop", "last"), ("routed, 3 hops", "first") })
        {
            var routed = new AgentCall([.. Enumerable.Range(0, Targets).Select(i => client.Agent(new AgentId("router", $"{first}-{i}")))]);
            foreach (var row in await new PairedRun(options).RunAsync(
                name + ", 1 caller", new OneCaller<AgentCall, QuoteReply>(routed), new OneCaller<AgentCall, QuoteReply>(direct)))
            {
                yield return row;
            }

            foreach (var row in await new PairedRun(options).RunAsync(
                name + ", waves of 100", new Waves<AgentCall, QuoteReply>(routed, Targets), new Waves<AgentCall, QuoteReply>(direct, Targets)))
            {
                yield return row;
            }
        }
    }

    /// <summary>To agents that store; by a choice that need not be stored, and by one that must.</summary>
    private static async IAsyncEnumerable<Row> RunDurableAsync(BenchmarkOptions options, IHost host)
    {
        var client = host.Agents();
        var direct = new LedgerCall([.. Enumerable.Range(0, Targets).Select(i => client.Agent(new AgentId(LedgerAgent.Kind, $"agent-{i}")))]);
        var choices = new[] { ("routed, durable, 1 hop, by hash", RoutePick.Hash), ("routed, durable, 1 hop, in turn and stored", RoutePick.Rotate) };
        foreach (var (name, pick) in choices)
        {
            for (var i = 0; i < Targets; i++)
            {
                await PutAsync(client, $"router/durable-{pick}-{i}".ToLowerInvariant(), new Route("on", [$"{LedgerAgent.Kind}/agent-{i}", $"{LedgerAgent.Kind}/other-{i}"]) { Pick = pick });
            }

            var routed = new LedgerCall([.. Enumerable.Range(0, Targets).Select(i => client.Agent(new AgentId("router", $"durable-{pick}-{i}".ToLowerInvariant())))]);
            foreach (var row in await new PairedRun(options).RunAsync(
                name + ", waves of 100", new Waves<LedgerCall, Booked>(routed, Targets), new Waves<LedgerCall, Booked>(direct, Targets)))
            {
                yield return row;
            }
        }
    }

    private static async IAsyncEnumerable<Row> RunRulesAsync(BenchmarkOptions options, IHost host)
    {
        const string Name = "routed, 100,000 rules beside 1,000";
        if (!options.Includes(Name))
        {
            yield break;
        }

        var client = host.Agents();
        await FillAsync(client, "router/few", 1_000);
        await FillAsync(client, "router/many", 100_000);
        var few = new AgentCall([client.Agent("router/few")]);
        var many = new AgentCall([client.Agent("router/many")]);
        foreach (var row in await new PairedRun(options).RunAsync(Name, new OneCaller<AgentCall, QuoteReply>(many), new OneCaller<AgentCall, QuoteReply>(few)))
        {
            yield return row;
        }
    }

    /// <summary>Rules of three shapes, on a field of the payload, on the sender, and on both; one of them takes what is asked.</summary>
    private static async Task FillAsync(IAgentClient client, AgentId router, int rules)
    {
        for (var i = 0; i < rules; i += RulesAtOnce)
        {
            await PutAsync(client, router, [.. Enumerable.Range(i, RulesAtOnce).Select(n => new Route($"r{n}", [$"{QuoteAgent.Kind}/agent-{n % Targets}"])
            {
                Order = n,
                When = new RouteMatch
                {
                    Type = "bench.quote",
                    Sender = n % 3 == 0 ? null : $"client/c{n}",
                    Payload = n % 3 == 1 ? null : Field("/customer", n == 0 ? Texts.Customer : $"customer-{n}"),
                },
            })]);
        }
    }

    private static Dictionary<string, JsonElement> Field(string pointer, string value) =>
        new(StringComparer.Ordinal) { [pointer] = JsonSerializer.SerializeToElement(value) };

    private static async Task PutAsync(IAgentClient client, AgentId router, params Route[] routes) =>
        await client.Agent(router).AskAsync(new RouterChange(routes), new SendOptions { Timeout = TimeSpan.FromMinutes(2) });

    /// <summary>Books at durable agents.</summary>
    private readonly struct LedgerCall(AgentHandle[] agents) : ICall<Booked>
    {
        public ValueTask<Booked> AskAsync(int target) => agents[target].AskAsync(new Book(1));
    }
}
