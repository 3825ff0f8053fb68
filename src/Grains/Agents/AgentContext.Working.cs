using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Agents;

/// <content>Work beside the turns, and the run that a turn is part of.</content>
public sealed partial class AgentContext
{
    private RunContext? _run;

    internal List<OutgoingMessage>? Works { get; private set; }

    /// <summary>
    /// The run that the message being handled belongs to; null for none. An agent that does not touch it completes the run
    /// with its answer.
    /// </summary>
    public RunContext? Run => _run ??= RunContext.FindRun(Message) is { } run ? new RunContext(this, run) : null;

    /// <summary>A run that this agent has taken in an earlier turn.</summary>
    /// <param name="run">Its id, as <see cref="RunContext.Id"/> gave it.</param>
    /// <exception cref="FormatException"><paramref name="run"/> is no id of a run.</exception>
    public RunContext RunOf(string run) => Run is { } current && current.Id == run ? current : new RunContext(this, RunAddress.Of(run));

    /// <summary>
    /// Begins work beside the turns, after the commit. Where the message being handled belongs to a run, the agent takes the
    /// run, and the work is for it.
    /// </summary>
    /// <returns>The work's id, by which <see cref="Withdraw"/> takes it back.</returns>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the agent's class has no <see cref="IWork{TWork, TDone}"/> for it.</exception>
    public MessageId Begin<TWork>(TWork work)
        where TWork : notnull
    {
        RefuseInQuery();
        Run?.Take();
        return BeginFor(work, Run?.Id);
    }

    /// <summary>Begins work for a run that was taken in an earlier turn; null for none.</summary>
    internal MessageId BeginFor<TWork>(TWork work, string? run)
        where TWork : notnull
    {
        RefuseInQuery();
        var contract = Contract.Of<TWork>();
        if (Turns.FindWork(contract) is null)
        {
            throw new InvalidOperationException($"The kind '{Self.Kind}' does no work of {contract}; add IWork<{typeof(TWork).Name}, …>.");
        }

        var payload = JsonSerializer.SerializeToElement(work, contract.TypeInfo);
        var record = new WorkRecord(contract.Name, contract.Version, payload, run);
        var kept = new OutgoingMessage(Link(Envelope.Create(Self, Self, record), asks: false), Now) { DueAt = DateTimeOffset.MaxValue };
        if (Turns.Commits is null)
        {
            (Works ??= []).Add(kept);
        }
        else
        {
            (Scheduled ??= []).Add(kept);
        }

        return kept.Envelope.Id;
    }

    /// <summary>A message in the name of somebody who sent one to this agent, as its next hop.</summary>
    internal Envelope WriteFor(
        AgentId sender, AgentId to, Contract contract, ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string>? headers = null)
    {
        var message = LinkPlain(new Envelope(MessageId.New(), sender, to, contract, value: null, payload), asks: false);
        return message.With(AddHop(message, Self, Turns.Host.Options.Limits, [to]) with { Headers = headers });
    }

    /// <summary>Has the store keep a record of the agent's own, sealed where the agent's messages are.</summary>
    /// <param name="record">The record.</param>
    /// <param name="id">The id that it is kept under, in the place of what was kept under it; null for a new one.</param>
    internal void KeepOwn<TRecord>(TRecord record, MessageId? id = null)
        where TRecord : notnull =>
        Keep(Link(Envelope.Create(Self, Self, record).WithId(id ?? MessageId.New()), asks: false));
}
