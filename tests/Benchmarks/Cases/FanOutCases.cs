using OrleansAgents.Hosting;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>One agent asks 1,000 at once without waiting, beside a bare <c>Task.WhenAll</c> of raw grain calls.</summary>
internal static class FanOutCases
{
    private const int Targets = 1000;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        using var directory = DataDirectory.Create();
        using var host = await BenchmarkHost.StartDurableSiloAsync(
            store => store.DataDirectory = directory.Path,
            silo => silo.AddAgent<QuoteAgent>().AddAgent<SurveyAgent>().AddAgent<DurableSurveyAgent>());
        var raw = RawCall.To(host.Grains(), Targets);
        (string Name, string Kind)[] cases = [("fanout, 1,000 agents", SurveyAgent.Kind), ("fanout, 1,000 agents, durable asker", DurableSurveyAgent.Kind)];
        foreach (var (name, kind) in cases)
        {
            var rows = await new PairedRun(options).RunAsync(
                name, new GatherLoad(host.Agents().Agent(new(kind, "one")), Targets), new WhenAllLoad(raw, Targets));
            foreach (var row in rows)
            {
                yield return row;
            }
        }

        await host.StopAsync();
    }
}
