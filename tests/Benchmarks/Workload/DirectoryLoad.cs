using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Workload;

/// <summary>Whom the directory is told to find; what it does is no matter.</summary>
[Agent(Kind)]
internal sealed class WorkerAgent : Agent
{
    public const string Kind = "bench-worker";
}

/// <summary>What a number of agents register: one in ten has the same skill, one in a thousand the rare one, and all have one of seven regions.</summary>
internal static class DirectoryLoad
{
    public const string Common = "skill-0", Rare = "rare", Region = "region-3";

    public static string Key(int number) => number.ToString("worker-0000000", CultureInfo.InvariantCulture);

    public static string[] Capabilities(int number) => number % 1000 == 0 ? [Skill(number), Rare] : [Skill(number)];

    /// <summary>The registration as the agent's turn would tell it, without the turn: a million activations would be all that is measured.</summary>
    public static Envelope Message(int number)
    {
        var agent = new AgentId(WorkerAgent.Kind, Key(number));
        return Envelope.Create(agent, DirectoryAddress.For(agent), new Registration(Capabilities(number), [$"region-{number % 7}"]));
    }

    private static string Skill(int number) => $"skill-{number % 10}";
}

internal readonly struct FindCall(IAgentClient client, string capability, string[]? tags, int limit) : ICall<FoundAgents>
{
    public ValueTask<FoundAgents> AskAsync(int target) => client.FindAsync(capability, tags, limit: limit);
}

internal readonly struct RawFindCall(IRawDirectory directory, string capability, int limit) : ICall<RawFound>
{
    public ValueTask<RawFound> AskAsync(int target) => directory.FindAsync(capability, limit);
}

/// <summary>The reference: one grain that has everything in its memory, in order, and stores nothing.</summary>
[Alias("bench.IRawDirectory")]
public interface IRawDirectory : IGrainWithStringKey
{
    [Alias("Fill")]
    ValueTask FillAsync(int count);

    [Alias("Find")]
    ValueTask<RawFound> FindAsync(string capability, int limit);
}

/// <summary>What the reference finds.</summary>
[GenerateSerializer, Immutable, Alias("bench.RawFound")]
public sealed record RawFound([property: Id(0)] string[] Agents, [property: Id(1)] int Total);

[GrainType("bench-raw-directory")]
internal sealed class RawDirectoryGrain : Grain, IRawDirectory
{
    private readonly Dictionary<string, List<string>> _agents = new(StringComparer.Ordinal);

    public ValueTask FillAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var agent = $"{WorkerAgent.Kind}/{DirectoryLoad.Key(i)}";
            foreach (var capability in DirectoryLoad.Capabilities(i))
            {
                if (!_agents.TryGetValue(capability, out var agents))
                {
                    _agents[capability] = agents = [];
                }

                agents.Add(agent);
            }
        }

        return default;
    }

    public ValueTask<RawFound> FindAsync(string capability, int limit) =>
        new(_agents.TryGetValue(capability, out var agents) ? new RawFound([.. agents.Take(limit)], agents.Count) : new RawFound([], 0));
}
