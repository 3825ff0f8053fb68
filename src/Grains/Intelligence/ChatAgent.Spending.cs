using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <content>What calls of the model take is told to the budgets, also where a call is withdrawn.</content>
public abstract partial class ChatAgent
{
    // Calls that turns of this activation began: only of those it is known what they took. Null until the work begins.
    private readonly Dictionary<Guid, ChatModelCall?> _calls = [];

    /// <summary>Tells budgets what was spent of what was set aside there.</summary>
    private static void Settle(AgentContext context, IReadOnlyList<SetAside> spent)
    {
        foreach (var one in spent)
        {
            context.Tell(AgentId.Parse(one.Budget), new BudgetSettle(one.Reservation, one.Actual));
        }
    }

    /// <summary>Remembers a call that this turn begins, and no longer those that are over.</summary>
    private Guid Track(MessageId work)
    {
        foreach (var over in _calls.Keys.Where(c => c != State.Current?.Work && c != State.Summing).ToArray())
        {
            _calls.Remove(over);
        }

        _calls[work.Value] = null;
        return work.Value;
    }

    /// <summary>A tracked call begins. One that is done again is tracked no more: what the tries before took is not known.</summary>
    private void Begun(WorkContext work, ChatModelCall call)
    {
        if (_calls.ContainsKey(work.Id.Value) && work.Attempt == 1)
        {
            _calls[work.Id.Value] = call;
        }
        else
        {
            _calls.Remove(work.Id.Value);
        }
    }

    /// <summary>Takes a call of the model back, and tells budgets what it took so far. Where that is not known, what was set aside stands.</summary>
    private void Withdraw(AgentContext context, Guid work)
    {
        context.Withdraw(new MessageId(work));
        if (_calls.GetValueOrDefault(work) is { } call)
        {
            Settle(context, call.Withdraw());
        }
    }
}
