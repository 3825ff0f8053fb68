using System.Diagnostics;
using OrleansAgents.Agents;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// Kills one of three silos, ten times, and tells how long each of the agents that were in it took to answer again, at the
/// first ask of a client that knows of nothing.
/// </summary>
internal static class FailoverCase
{
    private const int Agents = 120, Kills = 10;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        await using var cluster = await ClusterProcesses.StartAsync(3);
        var agents = Enumerable.Range(0, Agents).Select(i => cluster.Client.Agents().Agent(new AgentId(PlacedAgent.Kind, $"agent-{i}"))).ToArray();
        var asked = new int[Agents];
        var (typical, worst, affected) = (new List<double>(), new List<double>(), new List<int>());
        for (var kill = 0; kill < Kills; kill++)
        {
            var places = await Task.WhenAll(agents.Select(agent => agent.AskAsync(new Where()).AsTask()));
            Check.That(places.Select((place, i) => place.Asked == ++asked[i]).All(right => right), "An agent was asked more or less often than it says.");
            var victim = cluster.Silos[kill % cluster.Silos.Count];
            int[] gone = [.. Enumerable.Range(0, Agents).Where(i => places[i].Process == victim.Id)];
            Check.That(gone.Length > 0, "No agent was in the silo that is killed.");

            cluster.Kill(victim);
            var killed = Stopwatch.GetTimestamp();
            var seconds = await Task.WhenAll(gone.Select(async i =>
            {
                var place = await agents[i].AskAsync(new Where());
                Check.That(place.Asked == ++asked[i], "An agent was asked more or less often than it says.");
                return Stopwatch.GetElapsedTime(killed).TotalSeconds;
            }));
            typical.Add(Statistics.Median(seconds));
            worst.Add(seconds.Max());
            affected.Add(gone.Length);
            await cluster.ReplaceAsync(victim);
        }

        var note = $"of {Kills} kills, {affected.Min()} to {affected.Max()} agents each";
        yield return new Row("failover, median agent") { P50Us = Statistics.Median([.. typical]) * 1e6, P99Us = typical.Max() * 1e6, Note = $"median and worst {note}" };
        yield return new Row("failover, last agent") { P50Us = Statistics.Median([.. worst]) * 1e6, P99Us = worst.Max() * 1e6, Note = $"median and worst {note}" };
    }
}
