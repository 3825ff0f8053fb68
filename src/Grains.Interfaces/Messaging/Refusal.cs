namespace OrleansAgents.Messaging;

/// <summary>One thing that is wrong with a message.</summary>
/// <param name="Pointer">
/// Where: a JSON pointer (RFC 6901) into the message, empty for the whole. A member that neither the wire format nor the
/// contract names is shown by its place, such as <c>#2</c> for the second one.
/// </param>
/// <param name="Code">What: one of <see cref="RefusalCodes"/>.</param>
/// <param name="Message">A sentence for people. It never repeats the payload.</param>
public sealed record Problem(string Pointer, string Code, string Message)
{
    /// <summary>How many problems of one message are told at most.</summary>
    internal const int Most = 32;
}

/// <summary>Why a message was refused or failed.</summary>
/// <param name="Code">One of <see cref="RefusalCodes"/>, or an agent's own.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record Refusal(string Code, string Message)
{
    /// <summary>Every problem found; null where the code alone says it.</summary>
    public IReadOnlyList<Problem>? Problems { get; init; }

    /// <summary>How long to wait before a repeat makes sense, in milliseconds; null for no advice.</summary>
    public int? RetryAfterMs { get; init; }

    internal static Refusal Of(IReadOnlyList<Problem> problems) =>
        new(problems[0].Code, string.Join(' ', problems.Select(p => p.Pointer.Length == 0 ? p.Message : $"{p.Pointer}: {p.Message}"))) { Problems = problems };
}
