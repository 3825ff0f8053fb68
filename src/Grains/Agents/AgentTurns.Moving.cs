using Orleans.Runtime.Placement;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>How an agent moves to another silo: for a contract that its class there handles, or to spread the load.</content>
internal sealed partial class AgentTurns
{
    private const string MovedKey = "agents.moved";
    private const string HandledKey = "agents.handled";

    // Where no silo handles all versions, messages of two would drive the agent to and fro, and none have its turn.
    private static readonly TimeSpan LeastStay = TimeSpan.FromMilliseconds(250);

    private bool _makesWay;
    private long _stayUntil;

    /// <summary>Takes along what the store does not keep.</summary>
    public void Leave(IDehydrationContext context)
    {
        if (_makesWay)
        {
            context.TryAddValue(MovedKey, true);
        }

        if (Commits is null && _handled is not null)
        {
            context.TryAddValue(HandledKey, CarriedMessages.Write(_handled));
        }
    }

    /// <summary>Goes on where the activation on another silo ended.</summary>
    public void Arrive(IRehydrationContext context)
    {
        if (context.TryGetValue<bool>(MovedKey, out var moved) && moved)
        {
            _stayUntil = (Host.Time.GetUtcNow() + LeastStay).UtcTicks;
        }

        if (Commits is null && context.TryGetValue<byte[]>(HandledKey, out var handled) && handled is not null)
        {
            _handled = CarriedMessages.Read(handled, Host.Options.VolatileWindow, Host.Time.GetUtcNow().UtcTicks, Host.ReplayAllowance);
        }
    }

    /// <summary>
    /// A contract that this silo's class does not handle is no fault of the sender while another silo's class does: the
    /// agent moves there, and the repeat of the message finds it.
    /// </summary>
    private ValueTask<Reply> RefuseOrMove(Refusal refusal, Envelope envelope)
    {
        if (refusal.Code is not (RefusalCodes.UnknownVersion or RefusalCodes.UnknownContract)
            || Host.FindSilo(Id.Kind, envelope.Contract) is not { } silo)
        {
            return Refuse(refusal, envelope);
        }

        var stays = _stayUntil - Host.Time.GetUtcNow().UtcTicks;
        if (stays <= 0 && !_stopping)
        {
            _makesWay = true;
            ((IGrainBase)_agent).GrainContext.Migrate(
                new Dictionary<string, object>(StringComparer.Ordinal) { [IPlacementDirector.PlacementHintKey] = silo });
            // It would wait for the answers that it owes, as it does for its running turn.
            _answers?.Release(TurnFailure.Stopping(Id));
        }

        return Refuse(new Refusal(
            RefusalCodes.Stopping, $"{Id} moves to a silo that handles {envelope.Contract}; the same message sent again reaches it there.")
        {
            RetryAfterMs = stays > 0 ? (int)TimeSpan.FromTicks(stays).TotalMilliseconds + 1 : null,
        },
        envelope);
    }
}
