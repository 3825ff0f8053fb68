namespace OrleansAgents.Messaging;

/// <summary>
/// A contract that says how its record is made of that of an older version of the same contract. An agent that handles
/// the newer version then accepts the older one too, and every version that leads to it step by step.
/// </summary>
/// <typeparam name="TOld">The record of the older version: the same contract name, a lower version.</typeparam>
/// <typeparam name="TNew">The record that implements this.</typeparam>
public interface IUpcastFrom<TOld, TNew>
    where TOld : notnull
    where TNew : IUpcastFrom<TOld, TNew>
{
    /// <summary>
    /// The newer record. Called before the handler, as a part of its turn: what it throws refuses or fails the message
    /// as if the handler threw it. It must be quick and depend on nothing but <paramref name="old"/>.
    /// </summary>
    static abstract TNew Upcast(TOld old);
}
