using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>Reads what an agent that thinks with a model remembers of its conversation, oldest first, by pages.</summary>
/// <param name="After">The place of the last message that is not wanted; 0 for all that are kept.</param>
/// <param name="Limit">At most that many, 1 to <see cref="MostMessages"/>.</param>
[Contract("chat.history")]
public sealed record ChatHistory(long After = 0, int Limit = 50) : IQuery<ChatHistoryPage>
{
    /// <summary>The most messages of a page.</summary>
    public const int MostMessages = 500;
}

/// <summary>What an agent remembers.</summary>
/// <param name="Messages">The messages, in order.</param>
/// <param name="HasMore">Whether others follow behind the last of them.</param>
/// <param name="Last">The place of the last message of all; 0 for none.</param>
/// <param name="Summary">What it remembers of messages that its model is not shown any more; null for nothing.</param>
/// <param name="SummaryOf">The place of the last message that the summary includes; 0 for none.</param>
public sealed record ChatHistoryPage(IReadOnlyList<ChatEntry> Messages, bool HasMore, long Last, string? Summary, long SummaryOf);

/// <summary>A message of a conversation with a model.</summary>
/// <param name="Place">Its place. Places grow, and may have gaps.</param>
/// <param name="At">When it was stored.</param>
/// <param name="Role">Who speaks: <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Parts">
/// What is said. A call of a tool is data <c>{"call":id,"tool":name,"arguments":{…}}</c>, and its result
/// <c>{"call":id,"result":…}</c>.
/// </param>
public sealed record ChatEntry(long Place, DateTimeOffset At, string Role, IReadOnlyList<Part> Parts);

/// <summary>
/// Has an agent that thinks with a model forget its conversation. Refused as <see cref="RefusalCodes.Busy"/> while it is
/// answering.
/// </summary>
[Contract("chat.clear")]
public sealed record ChatClear : IRequest<ChatCleared>;

/// <summary>What was forgotten.</summary>
/// <param name="Messages">How many messages.</param>
public sealed record ChatCleared(long Messages);

/// <summary>Why an agent that thinks with a model did not answer, beyond the codes of models and budgets.</summary>
public static class ChatCodes
{
    /// <summary>It called its model as often as it may for one answer, and the model still wanted to call tools.</summary>
    public const string TooManyRounds = "chat.too-many-rounds";

    /// <summary>The model called tools that are none, or in a wrong way, more often than it may.</summary>
    public const string TooManyFaults = "chat.too-many-faults";

    /// <summary>One answer took more tokens than it may.</summary>
    public const string TooManyTokens = "chat.too-many-tokens";

    /// <summary>The model did not answer in the form that was asked for, though it was told what is wrong.</summary>
    public const string NotInForm = "chat.not-in-form";
}
