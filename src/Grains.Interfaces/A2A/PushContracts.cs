using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Which agent posts the changes of a task.</summary>
internal static class PushAddress
{
    public const string Kind = "a2a-push";

    /// <summary>One for each run and owner, so that nobody but its owner has any say about a run's posts.</summary>
    public static AgentId For(string run, AgentId owner) => AgentId.TryParse($"{Kind}/{run}/{owner}", defaultKind: null, out var agent, out _)
        ? agent
        : new AgentId(Kind, $"{run}/{Runs.RunAddress.IndexFor(owner).Key}");
}

/// <summary>Has the changes of a run posted, from behind a place of its log on. The same id again takes the place of what there was.</summary>
/// <param name="Run">The run.</param>
/// <param name="Config">Where, and what to show there; its id is not empty.</param>
/// <param name="After">The place of the last event that is not wanted.</param>
/// <param name="CheckOnly">Whether it is only to be found out if it can be, before there is a run.</param>
[Contract("a2a.push.add")]
internal sealed record PushAdd(string Run, PushConfig Config, long After, bool CheckOnly = false) : IRequest<PushAdded>;

/// <summary>It will be posted.</summary>
/// <param name="Id">The configuration's id.</param>
internal sealed record PushAdded(string Id);

/// <summary>Reads what is posted where.</summary>
[Contract("a2a.push.list")]
internal sealed record PushList : IQuery<PushConfigs>;

/// <summary>Where the changes of a run are posted, in the order of their ids.</summary>
/// <param name="Configs">The configurations.</param>
internal sealed record PushConfigs(IReadOnlyList<PushConfig> Configs);

/// <summary>Ends the posts of a configuration. One that is not there is no fault.</summary>
/// <param name="Id">The configuration's id.</param>
[Contract("a2a.push.drop")]
internal sealed record PushDrop(string Id);

/// <summary>The codes of refusals about posts.</summary>
internal static class PushCodes
{
    /// <summary>Nothing is posted to such an address.</summary>
    public const string BadUrl = "a2a.push.bad-url";

    /// <summary>A run has as many configurations as it may have.</summary>
    public const string TooMany = "a2a.push.too-many";
}
