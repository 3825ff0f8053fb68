namespace OrleansAgents.Blackboard;

/// <summary>A patch or a merge patch does not apply; nothing was changed.</summary>
/// <param name="code">What is wrong: one of <see cref="BlackboardCodes"/> or of <see cref="Messaging.RefusalCodes"/>.</param>
/// <param name="message">A sentence for people.</param>
/// <param name="index">Which operation, counting from 0; null where it is none's, as with a merge patch.</param>
/// <param name="path">The operation's path as it was given; null where there is none.</param>
public sealed class JsonPatchException(string code, string message, int? index = null, string? path = null) : Exception(message)
{
    /// <summary>What is wrong: one of <see cref="BlackboardCodes"/> or of <see cref="Messaging.RefusalCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>Which operation, counting from 0; null where it is none's, as with a merge patch.</summary>
    public int? Index { get; } = index;

    /// <summary>The operation's path as it was given; null where there is none.</summary>
    public string? Path { get; } = path;
}
