namespace OrleansAgents.Agents;

/// <summary>Where an agent that is not active is started, among the silos that host its kind.</summary>
public enum AgentPlacement
{
    /// <summary>As the silos say for all grains: by their free resources, unless told.</summary>
    Default,

    /// <summary>On any of them.</summary>
    Random,

    /// <summary>On the silo that the first message comes from or in by; on any of them where that one does not host the kind.</summary>
    PreferLocal,

    /// <summary>On one that has few active agents and other grains.</summary>
    FewestActive,

    /// <summary>On one with much free memory and processor time, and few active agents.</summary>
    MostResources,
}
