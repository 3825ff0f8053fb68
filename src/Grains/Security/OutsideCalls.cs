using Orleans.Runtime;
using Orleans.Serialization.Invocation;
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
        if (context.SourceId is { } source && source.IsClient() && !IsOwn(source))
        {
            if (context.Request.GetArgumentCount() > 0 && context.Request.GetArgument(0) is EventBatch)
            {
                // Only topics tell events; from anybody else they would pass a gate that looked at them before.
                context.Result = new EventsReply(0, Reply.Refused(new Refusal(RefusalCodes.NotAllowed, "Events come from topics; publish to one.")));
                return Task.CompletedTask;
            }

            Mark(context.Request);
        }

        return context.Invoke();
    }

    private static void Mark(IInvokable call)
    {
        for (var i = 0; i < call.GetArgumentCount(); i++)
        {
            switch (call.GetArgument(i))
            {
                case Envelope message:
                    message.StampOutside();
                    break;
                case IInvokable inner:
                    // A stream of answers begins with a call that carries the one it is about.
                    Mark(inner);
                    break;
                default:
                    break;
            }
        }
    }

    // Orleans names a silo's own client so.
    private static bool IsOwn(GrainId source) =>
        source.Key.AsSpan().StartsWith("hosted-"u8);
}
