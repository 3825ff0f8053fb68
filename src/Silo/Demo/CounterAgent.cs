using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Demo;

[Contract("counter.add", 1)]
internal sealed record CounterAdd(long Amount) : IRequest<CounterValue>;

[Contract("counter.read", 1)]
internal sealed record CounterRead : IQuery<CounterValue>;

internal sealed record CounterValue(long Value);

internal sealed class CounterState
{
    public long Value { get; set; }
}

[Agent("counter", Description = "Adds up whole numbers and keeps the sum.", Capabilities = ["count"], Tags = ["demo"], Public = true)]
internal sealed class CounterAgent : Agent<CounterState>, IHandle<CounterAdd, CounterValue>, IHandle<CounterRead, CounterValue>
{
    public ValueTask<CounterValue> HandleAsync(CounterAdd request, AgentContext context, CancellationToken cancellationToken)
    {
        var sum = unchecked(State.Value + request.Amount);
        if (request.Amount < 0 ? sum > State.Value : sum < State.Value)
        {
            throw new AgentRefusedException("counter.overflow", "The sum would leave the range of a 64-bit whole number.");
        }

        State.Value = sum;
        return ValueTask.FromResult(new CounterValue(sum));
    }

    public ValueTask<CounterValue> HandleAsync(CounterRead request, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CounterValue(State.Value));
}
