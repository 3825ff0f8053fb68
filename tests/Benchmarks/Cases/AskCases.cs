using System.Diagnostics;
using System.Globalization;
using OrleansAgents.Telemetry;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Asks beside raw grain calls: in a silo's own process, and over TCP from another.</summary>
internal static class AskCases
{
    private const int Targets = 100;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        await foreach (var row in RunInProcessAsync(options))
        {
            yield return row;
        }

        await foreach (var row in RunOverTcpAsync(options))
        {
            yield return row;
        }
    }

    private static async IAsyncEnumerable<Row> RunInProcessAsync(BenchmarkOptions options)
    {
        using var metrics = new MetricsReader();
        using var host = await BenchmarkHost.StartAgentSiloAsync(SiloPorts.FindFree());
        var raw = RawCall.To(host.Grains(), Targets);
        var agents = AgentCall.To(host.Agents(), Targets);
        var json = AgentJsonCall.To(host.Agents(), Targets);
        await Check.AnswersAsync(agents, raw, json);

        await foreach (var row in RunAsync<AgentCall, QuoteReply>(options, "ask in process", agents, raw))
        {
            yield return row;
        }

        await foreach (var row in RunAsync<AgentJsonCall, byte[]?>(options, "ask json in process", json, raw))
        {
            yield return row;
        }

        using (Listen())
        {
            await foreach (var row in RunAsync<AgentCall, QuoteReply>(options, "ask traced in process", agents, raw))
            {
                yield return row;
            }
        }

        Check.Measured(metrics);
        await host.StopAsync();
    }

    private static async IAsyncEnumerable<Row> RunAsync<TCall, TReply>(BenchmarkOptions options, string name, TCall ours, RawCall raw)
        where TCall : struct, ICall<TReply>
    {
        var pairs = new PairedRun(options);
        foreach (var row in await pairs.RunAsync(
            name + ", 1 caller", new OneCaller<TCall, TReply>(ours), new OneCaller<RawCall, RawReply>(raw)))
        {
            yield return row;
        }

        foreach (var row in await pairs.RunAsync(
            name + ", waves of 100", new Waves<TCall, TReply>(ours, Targets), new Waves<RawCall, RawReply>(raw, Targets)))
        {
            yield return row;
        }
    }

    private static async IAsyncEnumerable<Row> RunOverTcpAsync(BenchmarkOptions options)
    {
        var ports = SiloPorts.FindFree();
        await using var silo = ChildProcess.Start(
            ChildCommands.Serve, ports.Silo.ToString(CultureInfo.InvariantCulture), ports.Gateway.ToString(CultureInfo.InvariantCulture));
        await silo.ReadLineAsync();
        using var client = await BenchmarkHost.StartClientAsync(ports);
        var raw = RawCall.To(client.Grains(), Targets);
        var agents = AgentCall.To(client.Agents(), Targets);
        await Check.AnswersAsync(agents, raw, AgentJsonCall.To(client.Agents(), Targets));

        var pairs = new PairedRun(options);
        foreach (var row in await pairs.RunAsync(
            "ask over tcp, 1 caller", new OneCaller<AgentCall, QuoteReply>(agents), new OneCaller<RawCall, RawReply>(raw)))
        {
            yield return row;
        }

        foreach (var row in await pairs.RunAsync(
            "ask over tcp, 100 in flight", new InFlight<AgentCall, QuoteReply>(agents, Targets), new InFlight<RawCall, RawReply>(raw, Targets)))
        {
            yield return row;
        }

        await client.StopAsync();
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is AgentTelemetry.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
