using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Telemetry;

/// <summary>Goes to the first agent of the way, from there to the next, and from the last to the topic.</summary>
[Contract("test.announce")]
public sealed record Announce(string Topic, string[] Way);

[Contract("test.announced")]
public sealed record Announced;

/// <summary>Is refused with the code, or fails where it is "throw", as often as told, and is then answered.</summary>
[Contract("test.trouble")]
public sealed record Trouble(string Code, int Times = int.MaxValue) : IRequest<Answer>;

public sealed record Answer(int Attempts);

[Agent("herald")]
internal sealed class HeraldAgent : Agent, IHandle<Announce>
{
    public ValueTask HandleAsync(Announce message, AgentContext context, CancellationToken cancellationToken) => Pass(message, context);

    public static ValueTask Pass(Announce message, AgentContext context)
    {
        if (message.Way is [var next, .. var rest])
        {
            context.Tell(next, new Announce(message.Topic, rest));
        }
        else
        {
            context.Publish(message.Topic, new Announced());
        }

        return default;
    }
}

internal sealed class ScribeState
{
    public int Passed { get; set; }
}

[Agent("scribe")]
internal sealed class ScribeAgent : Agent<ScribeState>, IHandle<Announce>
{
    public async ValueTask HandleAsync(Announce message, AgentContext context, CancellationToken cancellationToken)
    {
        await Task.Yield();
        State.Passed++;
        await HeraldAgent.Pass(message, context);
    }
}

[Agent("metered")]
internal sealed class MeteredAgent : Agent, IHandle<Trouble, Answer>
{
    private int _attempts;

    public ValueTask<Answer> HandleAsync(Trouble request, AgentContext context, CancellationToken cancellationToken) =>
        _attempts++ >= request.Times ? new(new Answer(_attempts))
        : request.Code == "throw" ? throw new InvalidOperationException("As asked.")
        : throw new AgentRefusedException(request.Code, "As asked.");
}
