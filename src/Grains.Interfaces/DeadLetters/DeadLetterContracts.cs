using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.DeadLetters;

/// <summary>
/// A message that was given up on, with what became of it. It is kept until somebody replays or drops it. The message is
/// carried as a text, so that a letter neither nests deeper nor is read with more care than any other message, whatever
/// it holds.
/// </summary>
/// <param name="Message">The id of the message.</param>
/// <param name="Type">The message's contract.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Recipient">Whom it was for.</param>
/// <param name="By">The agent that gave up on it.</param>
/// <param name="Code">The refusal code of the last try.</param>
/// <param name="Reason">Its sentence.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Since">When it was first due.</param>
/// <param name="At">When it was given up on.</param>
/// <param name="Envelope">The whole message, as JSON.</param>
[Contract("dead-letter.add")]
public sealed record DeadLetter(
    Guid Message, string Type, string Sender, string Recipient, string By, string Code, string Reason, int Attempts,
    DateTimeOffset Since, DateTimeOffset At, string Envelope);

/// <summary>Lists the dead letters of one shard, oldest first. What is null is not filtered by.</summary>
/// <param name="Code">Only those with this refusal code.</param>
/// <param name="Recipient">Only those for this agent, or for this kind.</param>
/// <param name="Type">Only messages of this contract.</param>
/// <param name="Limit">At most that many.</param>
[Contract("dead-letter.list")]
public sealed record DeadLetterList(string? Code = null, string? Recipient = null, string? Type = null, int Limit = 1000)
    : IQuery<DeadLetterPage>;

/// <summary>Dead letters, without the messages' payloads.</summary>
/// <param name="Letters">The letters.</param>
/// <param name="Total">How many there are that match.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetterEntry> Letters, int Total);

/// <summary>One line about a dead letter.</summary>
/// <param name="Id">The letter's own id, by which it is shown, replayed and dropped.</param>
/// <param name="Message">The id of the message.</param>
/// <param name="Type">The message's contract.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Recipient">Whom it was for.</param>
/// <param name="Code">The refusal code of the last try.</param>
/// <param name="Reason">Its sentence.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Since">When it was first due.</param>
/// <param name="At">When it was given up on.</param>
public sealed record DeadLetterEntry(
    Guid Id, Guid Message, string Type, string Sender, string Recipient, string Code, string Reason, int Attempts, DateTimeOffset Since, DateTimeOffset At);

/// <summary>Shows one dead letter whole.</summary>
/// <param name="Id">The letter's id.</param>
[Contract("dead-letter.show")]
public sealed record DeadLetterShow(Guid Id) : IQuery<DeadLetter>;

/// <summary>
/// Sends the message of a dead letter again, under its own id, through the same gate, with no deadline. The letter goes
/// in the commit that has the message sent. A recipient that handled the message before, and still knows it, does not
/// handle it twice. If it fails again it is a dead letter again, under a new id.
/// </summary>
/// <param name="Id">The letter's id.</param>
[Contract("dead-letter.replay")]
public sealed record DeadLetterReplay(Guid Id) : IRequest<DeadLetterDone>;

/// <summary>Drops a dead letter for good.</summary>
/// <param name="Id">The letter's id.</param>
[Contract("dead-letter.drop")]
public sealed record DeadLetterDrop(Guid Id) : IRequest<DeadLetterDone>;

/// <summary>Whether there was such a letter.</summary>
/// <param name="Found">False when it is not there, or not any more.</param>
public sealed record DeadLetterDone(bool Found);

/// <summary>Where dead letters are kept: in a fixed number of agents, so that no single one has them all.</summary>
public static class DeadLetterAddress
{
    /// <summary>The kind of the agents that keep dead letters.</summary>
    public const string Kind = "dead-letters";

    /// <summary>How many agents keep them.</summary>
    public const int Shards = 16;

    /// <summary>Every agent that keeps dead letters.</summary>
    public static IEnumerable<AgentId> All => Enumerable.Range(0, Shards).Select(Of);

    /// <summary>The agent that keeps a letter: the last digit of the letter's id says which.</summary>
    public static AgentId For(MessageId letter)
    {
        Span<byte> bytes = stackalloc byte[16];
        letter.Value.TryWriteBytes(bytes);
        return Of(bytes[^1] % Shards);
    }

    private static AgentId Of(int shard) => new(Kind, shard.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
