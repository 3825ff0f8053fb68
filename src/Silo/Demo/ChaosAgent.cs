using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Demo;

/// <summary>Fails: the first <paramref name="Times"/> attempts under one name, or always when that is null.</summary>
[Contract("chaos.fail", 1)]
internal sealed record ChaosFail(int? Times = null, string Name = "");

[Contract("chaos.delay", 1)]
internal sealed record ChaosDelay(int Ms);

[Contract("chaos.refuse", 1)]
internal sealed record ChaosRefuse(string Code, string Message);

[Agent("chaos", Description = "Fails, waits or refuses as its message asks, to see what becomes of it.")]
internal sealed class ChaosAgent(TimeProvider time) : Agent, IHandle<ChaosFail>, IHandle<ChaosDelay>, IHandle<ChaosRefuse>
{
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);

    public ValueTask HandleAsync(ChaosFail message, AgentContext context, CancellationToken cancellationToken)
    {
        var failed = _failures.GetValueOrDefault(message.Name);
        if (failed >= message.Times)
        {
            return default;
        }

        _failures[message.Name] = failed + 1;
        throw new InvalidOperationException($"Failed as asked, for the {failed + 1}. time.");
    }

    public async ValueTask HandleAsync(ChaosDelay message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Ms < 0)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "The member 'ms' is 0 or more.");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(message.Ms), time, cancellationToken);
    }

    public ValueTask HandleAsync(ChaosRefuse message, AgentContext context, CancellationToken cancellationToken) =>
        throw new AgentRefusedException(message.Code, message.Message);
}
