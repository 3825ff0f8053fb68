namespace OrleansAgents.Security;

/// <summary>Which messages a silo takes in only when they are signed.</summary>
public enum SignaturePolicy
{
    /// <summary>None; signatures are not looked at. What holds in the environment Development unless told otherwise.</summary>
    None,

    /// <summary>What enters from outside: from programs by way of a silo's gateway, or over HTTP without other credentials. What holds everywhere else unless told otherwise.</summary>
    External,

    /// <summary>All, also those between agents, which their silos sign.</summary>
    Always,
}

/// <summary>How signatures are checked.</summary>
public sealed class SignatureOptions
{
    /// <summary>
    /// How far the time at which a signed message says it was sent may be from this silo's. 5 minutes unless told, and no
    /// more than <see cref="Agents.HandledWindow.Age"/>: within it an agent knows the messages that it handled, so that
    /// none is handled twice.
    /// </summary>
    public TimeSpan ClockAllowance { get; set; } = TimeSpan.FromMinutes(5);
}
