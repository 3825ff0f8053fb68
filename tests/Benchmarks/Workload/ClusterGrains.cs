using System.Diagnostics;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Workload;

/// <summary>The reference of a durable agent: a grain that writes its state to Redis by Orleans' own storage.</summary>
[Alias("bench.IRawLedgerGrain")]
public interface IRawLedgerGrain : IGrainWithStringKey
{
    [Alias("Book")]
    ValueTask<RawBooked> BookAsync(int amount);
}

/// <summary>Its answer.</summary>
[GenerateSerializer, Immutable, Alias("bench.RawBooked")]
public sealed record RawBooked([property: Id(0)] long Sum, [property: Id(1)] string Text);

/// <summary>What it keeps.</summary>
[GenerateSerializer, Alias("bench.RawLedgerState")]
public sealed class RawLedgerState
{
    [Id(0)]
    public long Sum { get; set; }

    [Id(1)]
    public string Text { get; set; } = new('s', 470);
}

[GrainType("bench-raw-ledger")]
internal sealed class RawLedgerGrain([PersistentState("ledger", RawLedgerGrain.Storage)] IPersistentState<RawLedgerState> state) : Grain, IRawLedgerGrain
{
    public const string Storage = "bench-ledgers";

    private static readonly string Text = new('r', 120);

    public async ValueTask<RawBooked> BookAsync(int amount)
    {
        state.State.Sum += amount;
        await state.WriteStateAsync();
        return new RawBooked(state.State.Sum, Text);
    }
}

internal readonly struct RawLedgerCall(IRawLedgerGrain[] grains) : ICall<RawBooked>
{
    public ValueTask<RawBooked> AskAsync(int target) => grains[target].BookAsync(1);

    public static RawLedgerCall To(IGrainFactory factory, int targets) =>
        new([.. Enumerable.Range(0, targets).Select(i => factory.GetGrain<IRawLedgerGrain>($"ledger-{i}"))]);
}

internal readonly struct LedgerCall(AgentHandle[] agents) : ICall<Booked>
{
    public ValueTask<Booked> AskAsync(int target) => agents[target].AskAsync(new Book(1));

    public static LedgerCall To(IAgentClient client, int targets) =>
        new([.. Enumerable.Range(0, targets).Select(i => client.Agent(new AgentId(LedgerAgent.Kind, $"agent-{i}")))]);
}

/// <summary>Asks in which process an agent is, and counts.</summary>
[Contract("bench.where")]
public sealed record Where : IRequest<Place>;

/// <summary>The process, and how often the agent was asked.</summary>
public sealed record Place(int Process, int Asked);

public sealed class PlaceState
{
    public int Asked { get; set; }
}

/// <summary>A durable agent that tells where it is.</summary>
[Agent(Kind)]
internal sealed class PlacedAgent : Agent<PlaceState>, IHandle<Where, Place>
{
    public const string Kind = "bench-placed";

    public ValueTask<Place> HandleAsync(Where request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Place(Environment.ProcessId, ++State.Asked));
}

/// <summary>An event with the time of its publishing, by the clock that all processes of a machine share.</summary>
[Contract("bench.stamped")]
public sealed record Stamped(long At);

[Contract("bench.measured")]
public sealed record ReadMeter : IQuery<Metered>;

/// <summary>How many events came since the last reading, and how long some of them took, in ticks of that clock.</summary>
public sealed record Metered(int Count, long[] Ticks);

/// <summary>A volatile subscriber that counts what comes, and how late.</summary>
[Agent(Kind)]
internal sealed class MeterAgent : Agent, IHandle<Stamped>, IHandle<ReadMeter, Metered>
{
    public const string Kind = "bench-meter";
    private const int Most = 2000;

    private readonly List<long> _ticks = [];
    private int _count;

    public ValueTask HandleAsync(Stamped message, AgentContext context, CancellationToken cancellationToken)
    {
        _count++;
        if (_ticks.Count < Most)
        {
            _ticks.Add(Stopwatch.GetTimestamp() - message.At);
        }

        return default;
    }

    public ValueTask<Metered> HandleAsync(ReadMeter request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Metered(_count, [.. _ticks]));
}
