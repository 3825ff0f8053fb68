using OrleansAgents.Agents;

namespace OrleansAgents.A2A;

/// <summary>The addresses here of agents elsewhere that speak A2A.</summary>
public static class RemoteAddress
{
    /// <summary>The kind of the agents that stand for agents elsewhere.</summary>
    public const string Kind = "remote";

    /// <summary>The address of an agent elsewhere.</summary>
    /// <param name="name">Its name in the settings.</param>
    /// <param name="key">
    /// What tells several agents here that stand for the same one elsewhere apart, each with its own conversations and with work
    /// of its own: <c>remote/weather/anna</c>. Null for the one without.
    /// </param>
    /// <exception cref="FormatException">They make no address.</exception>
    public static AgentId Of(string name, string? key = null) => new(Kind, key is null ? name : $"{name}/{key}");

    /// <summary>The name in the settings that an address means.</summary>
    internal static string NameOf(AgentId agent) => agent.Key.Split('/', 2)[0];
}

/// <summary>The codes of refusals about agents elsewhere.</summary>
public static class RemoteCodes
{
    /// <summary>No agent elsewhere of that name is set.</summary>
    public const string Unknown = "remote.unknown";

    /// <summary>It cannot be reached, fails, or does not answer in time; a later try may get through.</summary>
    public const string Unavailable = "remote.unavailable";

    /// <summary>It takes no more calls for now.</summary>
    public const string RateLimited = "remote.rate-limited";

    /// <summary>It does not accept our key, or wants one.</summary>
    public const string NotAuthorised = "remote.not-authorised";

    /// <summary>It does not accept the message as it is.</summary>
    public const string Refused = "remote.refused";

    /// <summary>It has no interface that we speak, or lacks what the message needs.</summary>
    public const string NotSupported = "remote.not-supported";

    /// <summary>What it answers is not what the protocol says, or is too large.</summary>
    public const string Broken = "remote.broken";

    /// <summary>It took the task on, and could not do it.</summary>
    public const string Failed = "remote.failed";

    /// <summary>It would not take the task on.</summary>
    public const string Rejected = "remote.rejected";

    /// <summary>The task was cancelled there.</summary>
    public const string Cancelled = "remote.cancelled";

    /// <summary>It does not know the task any more.</summary>
    public const string TaskLost = "remote.task-lost";

    /// <summary>It asks something back, and nobody is there to answer: the ask belongs to no run and to no conversation.</summary>
    public const string InputRequired = "remote.input-required";
}
