namespace OrleansAgents.Blackboard;

/// <summary>The codes with which boards refuse, beside those of <see cref="Messaging.RefusalCodes"/>. None is ever given another meaning.</summary>
public static class BlackboardCodes
{
    /// <summary>The board is at another version than was expected. <see cref="BlackboardRefusal.TryReadVersion"/> tells at which.</summary>
    public const string Conflict = "blackboard.conflict";

    /// <summary>The version is older than the history goes back. <see cref="BlackboardRefusal.TryReadVersion"/> tells the oldest one there is.</summary>
    public const string Gone = "blackboard.gone";

    /// <summary>There is no such version yet. <see cref="BlackboardRefusal.TryReadVersion"/> tells the current one.</summary>
    public const string Unknown = "blackboard.unknown-version";

    /// <summary>An operation's <c>test</c> found another value.</summary>
    public const string TestFailed = "blackboard.test-failed";

    /// <summary>The path of an operation, or where it takes a value from, leads to nothing.</summary>
    public const string NoPath = "blackboard.no-path";

    /// <summary>An operation is none, such as one with an unknown name, without a value, or that would move a value into itself.</summary>
    public const string BadOperation = "blackboard.bad-operation";
}
