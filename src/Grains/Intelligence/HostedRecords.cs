using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>How far a hosted agent goes. Immutable; all agents of a class share one.</summary>
public sealed record HostedAIAgentOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>What holds where a class says nothing.</summary>
    public static HostedAIAgentOptions Default { get; } = new();

    /// <summary>How long one answer may take, a day at most; after a crash, anew. 5 minutes unless told.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many messages may wait for their answer behind the one that is being answered; more are refused as busy. 16 unless told; 0 or more.</summary>
    public int Waiting { get; init; } = 16;

    /// <summary>The most bytes that a session may have as JSON; an answer that makes it larger is not given. 1 MiB unless told; 1 or more.</summary>
    public int SessionBytes { get; init; } = 1024 * 1024;

    /// <summary>What is wrong: the option, its value and the remedy; null for nothing.</summary>
    internal string? FindFault() =>
        Within <= TimeSpan.Zero || Within > Longest ? $"{nameof(Within)} is {Within}; give a time above zero and a day at most, 00:05:00 is the default."
        : Waiting < 0 ? $"{nameof(Waiting)} is {Waiting}; give 0 or more, 16 is the default."
        : SessionBytes < 1 ? $"{nameof(SessionBytes)} is {SessionBytes}; give 1 or more, 1 MiB is the default."
        : null;
}

/// <summary>The codes of refusals of hosted agents, beside those of the models that they use.</summary>
public static class HostedCodes
{
    /// <summary>The session would be larger than it may be.</summary>
    public const string SessionTooLarge = "chat.session-too-large";
}

/// <summary>Has the other agent answer: work of a hosted agent.</summary>
/// <param name="Message">What is being answered.</param>
/// <param name="Sender">Who said it.</param>
/// <param name="Parts">What.</param>
[Contract("hosted.answer")]
internal sealed record HostedAnswer(Guid Message, string Sender, IReadOnlyList<Part> Parts);

/// <summary>What came of it.</summary>
/// <param name="Said">What it said; empty where there is a fault.</param>
/// <param name="Session">The session behind it; null where there is a fault.</param>
/// <param name="Writer">Who wrote its text to the run; null for nobody.</param>
/// <param name="Code">Why there is no answer; null where there is one.</param>
/// <param name="Reason">The sentence to the code.</param>
[Contract("hosted.answered")]
internal sealed record HostedAnswered(IReadOnlyList<Part> Said, JsonElement? Session, Guid? Writer, string? Code = null, string? Reason = null)
{
    public static HostedAnswered Of(string code, string reason) => new([], Session: null, Writer: null, code, reason);
}

/// <summary>What the store keeps of a hosted agent.</summary>
internal sealed class HostedState
{
    /// <summary>The session behind the last answer, as the other agent writes it; null before the first.</summary>
    public JsonElement? Session { get; set; }

    /// <summary>What is being answered; null for nothing.</summary>
    public HostedExchange? Current { get; set; }

    /// <summary>What waits behind it, in order.</summary>
    public List<HostedExchange> Waiting { get; set; } = [];
}

/// <summary>A message on its way to an answer.</summary>
internal sealed class HostedExchange
{
    public Guid Message { get; set; }

    public string Sender { get; set; } = "";

    public IReadOnlyList<Part> Parts { get; set; } = [];

    public string? Run { get; set; }

    public string? Conversation { get; set; }

    /// <summary>The work that answers it; null while it waits.</summary>
    public Guid? Work { get; set; }
}
