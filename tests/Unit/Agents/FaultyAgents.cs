using System.Text.Json;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Tests.Agents;

[Agent("roundless")]
internal sealed class RoundlessAgent(TimeProvider time) : ChatAgent
{
    protected override string Instructions => $"It is {time.GetUtcNow()}.";

    protected override ChatAgentOptions Options { get; } = new() { Rounds = 0 };
}

[Agent("forgetful")]
internal sealed class ForgetfulAgent(AIAgent agent) : HostedAIAgent(agent)
{
    protected override HostedAIAgentOptions Options => new() { SessionBytes = -1 };
}

[Agent("modelless")]
internal sealed class ModellessAgent : ChatAgent
{
    protected override string Instructions => "";

    protected override string Model => "clever";
}

[Agent("toolless")]
internal sealed class ToollessAgent : ChatAgent
{
    protected override string Instructions => "";

    protected override IReadOnlyList<string> ToolSources => ["shelf"];
}

[Agent("elsewhere", Label = "elsewhere")]
internal sealed class ElsewhereAgent : ChatAgent
{
    protected override string Instructions => "";

    protected override ChatAgentOptions Options => new() { Kept = 1 };
}

/// <summary>Has a client that somebody registered under a key, which is not made before it is needed.</summary>
[Agent("keyed")]
internal sealed class KeyedAgent : ChatAgent
{
    protected override string Instructions => "";

    protected override string Model => "own";
}

/// <summary>Goes as far as its address says.</summary>
[Agent("addressed")]
internal sealed class AddressedAgent : ChatAgent
{
    protected override string Instructions => "";

    protected override ChatAgentOptions Options => new() { Rounds = Id.Key.Length };
}

/// <summary>Needs what only an activation has.</summary>
[Agent("unmade")]
internal sealed class UnmadeAgent(IGrainContext context) : ChatAgent
{
    protected override string Instructions => context.GrainId.ToString();

    protected override ChatAgentOptions Options => new() { Rounds = 0 };
}

internal sealed class SilentAgent : AIAgent
{
    protected override ValueTask<AgentSession> CreateSessionCoreAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    protected override ValueTask<JsonElement> SerializeSessionCoreAsync(AgentSession session, JsonSerializerOptions? jsonSerializerOptions = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    protected override ValueTask<AgentSession> DeserializeSessionCoreAsync(JsonElement serializedState, JsonSerializerOptions? jsonSerializerOptions = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    protected override Task<AgentResponse> RunCoreAsync(IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    protected override IAsyncEnumerable<AgentResponseUpdate> RunCoreStreamingAsync(IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
