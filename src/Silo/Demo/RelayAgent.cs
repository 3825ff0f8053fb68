using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Demo;

[Contract("relay.send", 1)]
internal sealed record RelaySend(string To, string Type, JsonElement Payload, int Version = 1);

internal sealed class RelayState
{
    public long Sent { get; set; }
}

[Agent("relay", Description = "Passes a message on to another agent, once, after its own turn is committed.")]
internal sealed class RelayAgent : Agent<RelayState>, IHandle<RelaySend>
{
    public ValueTask HandleAsync(RelaySend message, AgentContext context, CancellationToken cancellationToken)
    {
        if (!AgentId.TryParse(message.To, defaultKind: null, out var to, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        if (!Contract.IsName(message.Type))
        {
            throw new AgentRefusedException(RefusalCodes.BadType, "A type is lower-case segments divided by dots, such as quote.request.");
        }

        if (message.Version < 1)
        {
            throw new AgentRefusedException(RefusalCodes.BadVersion, "A version is a whole number of 1 or more.");
        }

        if (message.Payload.ValueKind != JsonValueKind.Object)
        {
            throw new AgentRefusedException(RefusalCodes.WrongKind, "A payload is a JSON object.");
        }

        State.Sent++;
        context.TellJson(to, message.Type, JsonMarshal.GetRawUtf8Value(message.Payload).ToArray(), message.Version);
        return default;
    }
}
