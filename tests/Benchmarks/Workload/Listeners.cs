using System.Globalization;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Agents;

namespace OrleansAgents.Tests.Workload;

/// <summary>A subscriber that keeps nothing.</summary>
[Agent(Kind)]
internal sealed class ListenerAgent : Agent, IHandle<PriceChanged>
{
    public const string Kind = "bench-listener";

    private int _index;

    public ValueTask HandleAsync(PriceChanged message, AgentContext context, CancellationToken cancellationToken)
    {
        Deliveries.Of(message).Handled(message, _index);
        return default;
    }

    protected override ValueTask OnStartAsync(CancellationToken cancellationToken)
    {
        _index = Listeners.ReadIndex(Id.Key);
        return default;
    }
}

/// <summary>A subscriber that keeps 500 bytes, changed by each event.</summary>
[Agent(Kind)]
internal sealed class DurableListenerAgent : Agent<LedgerState>, IHandle<PriceChanged>
{
    public const string Kind = "bench-durable-listener";

    private int _index;

    public ValueTask HandleAsync(PriceChanged message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Sum++;
        Deliveries.Of(message).Handled(message, _index);
        return default;
    }

    protected override ValueTask OnStartAsync(CancellationToken cancellationToken)
    {
        _index = Listeners.ReadIndex(Id.Key);
        return default;
    }
}

/// <summary>The reference: a grain that subscribes itself to a stream.</summary>
[Alias("bench.IListenerGrain")]
public interface IListenerGrain : IGrainWithStringKey
{
    [Alias("Subscribe")]
    Task SubscribeAsync(string stream);
}

[GrainType("bench-raw-listener")]
internal sealed class ListenerGrain : Grain, IListenerGrain
{
    public async Task SubscribeAsync(string stream)
    {
        var index = Listeners.ReadIndex(this.GetPrimaryKeyString());
        await this.GetStreamProvider(Listeners.Streams).GetStream<PriceChanged>(StreamId.Create(Listeners.Streams, stream)).SubscribeAsync((message, _) =>
        {
            Deliveries.Of(message).Handled(message, index);
            return Task.CompletedTask;
        });
    }
}

/// <summary>How subscribers are named.</summary>
internal static class Listeners
{
    /// <summary>The provider of the streams, and their namespace.</summary>
    public const string Streams = "bench-streams";

    public static string Name(string topic, int index) => $"{topic}-{index}";

    public static int ReadIndex(string name) => int.Parse(name[(name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);
}
