using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>Turns addresses into grain references. The interface's type is looked up once: that look-up costs five times a reference.</summary>
internal sealed class AgentAddressing(IGrainFactory grains, GrainInterfaceTypeResolver types)
{
    private readonly GrainInterfaceType _agent = types.GetGrainInterfaceType(typeof(IAgentGrain));

    public IAgentGrain Find(AgentId agent) =>
        (IAgentGrain)grains.GetGrain(GrainId.Create(agent.Kind, agent.Key), _agent);
}
