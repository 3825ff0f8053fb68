using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Agents;

/// <content>What the built-in protocols need of a turn.</content>
public sealed partial class AgentContext
{
    /// <summary>
    /// What the message's maker says of it beside its payload, as programs do by A2A: read anew each time from the header
    /// <c>remarks</c>. Null for nothing, and for <c>chat.say</c>, whose payload has it.
    /// </summary>
    /// <exception cref="AgentRefusedException">The header is faulty; left to itself it refuses this turn, too.</exception>
    public Remarks? Remarks
    {
        get
        {
            if (Message.Extras?.Headers is not { } headers || !headers.TryGetValue(Remarks.Header, out var json))
            {
                return null;
            }

            try
            {
                return JsonSerializer.Deserialize<Remarks>(json, PayloadJson.Options) is { } remarks && remarks.FindFault() is null ? remarks : throw new JsonException();
            }
            catch (JsonException)
            {
                throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"The header '{Remarks.Header}' is none of what a message's maker says of it.");
            }
        }
    }

    /// <summary>The time by the clock of the agents.</summary>
    internal DateTimeOffset Now => Turns.Host.Time.GetUtcNow();
}
