using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Sqlite;

namespace OrleansAgents.Tests.Workload;

/// <summary>Asks to durable agents through the client and the runtime, each answered when its turn is stored.</summary>
internal sealed class DurableLoad(SqliteAgentStore store, IAgentClient client, int agents, int callers, GroupSize groups)
    : CommitLoad(store, agents, callers, groups)
{
    private readonly AgentHandle[] _agents = [.. Enumerable.Range(0, agents).Select(i => client.Agent(new AgentId(LedgerAgent.Kind, $"agent-{i}")))];

    protected override async ValueTask CommitAsync(int agent) => await _agents[agent].AskAsync(new Book(1));
}

/// <summary>Changes the state of an agent that keeps it.</summary>
[Contract("bench.book")]
public sealed record Book(int Amount) : IRequest<Booked>;

/// <summary>The answer: about 150 bytes of JSON.</summary>
public sealed record Booked(long Sum, string Text);

/// <summary>What the agent keeps: about 500 bytes of JSON.</summary>
internal sealed class LedgerState
{
    public long Sum { get; set; }

    public string Text { get; set; } = new('s', 470);
}

[Agent(Kind)]
internal sealed class LedgerAgent : Agent<LedgerState>, IHandle<Book, Booked>
{
    public const string Kind = "bench-ledger";

    private static readonly string Text = new('r', 120);

    public ValueTask<Booked> HandleAsync(Book request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Booked(State.Sum += request.Amount, Text));
}
