using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// A turn in the middle of a waiting one, for agents that opted in. What it records joins the waiting turn and is
/// committed with it; when it fails, the state is as it was before it.
/// </summary>
internal static class NestedTurn
{
    public static async ValueTask<Reply> RunAsync(
        Agent agent, AgentHost host, AgentContext context, AgentContext outer, Commits? commits, TurnCancellation cancellation)
    {
        context.IsNested = true;
        var snapshot = commits?.Snapshot();
        try
        {
            var reply = context.Accept(await context.Handler.InvokeAsync(agent, context, cancellation.Token));
            agent.Turns.NoteWithin(context, reply);
            context.MergeInto(outer);
            commits?.Note(context.Message, reply);
            return reply;
        }
        catch (Exception e)
        {
            if (snapshot is not null)
            {
                commits!.Restore(snapshot);
            }

            var reply = TurnFailure.ToReply(e, context, host, cancellation);
            commits?.Note(context.Message, reply);
            agent.Turns.NoteAside(context, reply);
            return reply;
        }
        finally
        {
            context.Close();
        }
    }
}
