namespace OrleansAgents.A2A;

/// <summary>How changes of tasks are posted to those who want them.</summary>
public sealed class PushOptions
{
    /// <summary>
    /// Hosts, by name or address, that are posted to wherever they are. Any other is posted to only at public addresses, so
    /// that nobody can have a silo call what only the silo can reach. None unless told.
    /// </summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>How long an event is tried again that its receiver does not take. 1 hour unless told; above zero.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a receiver may take to answer. 15 seconds unless told; above zero and 30 seconds at most.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);
}
