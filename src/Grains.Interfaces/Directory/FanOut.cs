using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>Asks where no answer is an answer, too.</summary>
internal static class FanOut
{
    /// <summary>How long a search waits unless told.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an ask; the answer is why it brought nothing, or null.</summary>
    /// <exception cref="AgentRefusedException">A repeat would be refused as well, such as one that no access rule allows.</exception>
    public static async Task<Unanswered?> TryAsync(AgentId agent, Func<Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            await ask();
            return null;
        }
        catch (AgentException e) when (e is not AgentRefusedException || IsPassing(e.Code))
        {
            return new Unanswered(agent.ToString(), e.Code);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Unanswered(agent.ToString(), RefusalCodes.Unreachable);
        }
    }

    private static bool IsPassing(string code) =>
        RefusalCodes.IsTransient(code) || code is RefusalCodes.Expired or RefusalCodes.DeadlineExceeded or RefusalCodes.Cancelled or RefusalCodes.Unreachable;
}
