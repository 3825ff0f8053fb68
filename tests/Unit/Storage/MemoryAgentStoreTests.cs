using OrleansAgents.Agents;
using OrleansAgents.Memory;

namespace OrleansAgents.Tests.Storage;

public sealed class MemoryAgentStoreTests : AgentStoreConformance
{
    private MemoryAgentStore? _store;

    protected override ValueTask<IAgentStore> OpenAsync() => new(_store = new MemoryAgentStore(Window, Time));

    protected override ValueTask<IAgentStore> ReopenAsync() => new(_store!);

    protected override ValueTask CloseAsync() => default;
}
