using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Security;

/// <summary>
/// Notes of each message whether it came from a program outside, which only its call says. A silo's own process, though it
/// calls as a client, is inside.
/// </summary>
internal sealed class OutsideCalls : IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.SourceId is { } source && source.IsClient() && context.Grain is Agent && !IsOwn(source))
        {
            switch (context.Request.GetArgumentCount() > 0 ? context.Request.GetArgument(0) : null)
            {
                case Envelope message:
                    message.StampOutside();
                    break;
                case EventBatch:
                    // Only topics tell events; from anybody else they would pass a gate that looked at them before.
                    context.Result = new EventsReply(0, Reply.Refused(new Refusal(
                        RefusalCodes.NotAllowed, "Events come from topics; publish to one.")));
                    return Task.CompletedTask;
                default:
                    break;
            }
        }

        return context.Invoke();
    }

    // Orleans names a silo's own client so.
    private static bool IsOwn(GrainId source) =>
        source.Key.AsSpan().StartsWith("hosted-"u8);
}
