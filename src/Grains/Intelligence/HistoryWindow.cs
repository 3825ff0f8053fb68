using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>The part of a conversation that a model is shown.</summary>
/// <param name="Kept">What it is shown: the instructions at the beginning, and the latest messages.</param>
/// <param name="Left">What fell out, oldest first; it is what a summary is made of.</param>
/// <param name="Tokens">The estimate for what is kept.</param>
public sealed record HistoryWindow(IReadOnlyList<ChatMessage> Kept, IReadOnlyList<ChatMessage> Left, int Tokens)
{
    /// <summary>
    /// Chooses the latest messages that fit. Messages of the system at the beginning are always kept; of the others the
    /// latest, without a gap. A tool's call and its results are kept or left together. The last message, with what belongs
    /// to it, is kept even where it does not fit, and so is the question: then <see cref="Tokens"/> may be above what was
    /// asked for.
    /// </summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="tokens">How many tokens there is room for, as <see cref="TokenEstimate"/> counts. 0 or more.</param>
    /// <param name="question">The one of the messages that is being answered: what the tools said of it may fill the room, and without it nobody knows why they were called. Null for none.</param>
    public static HistoryWindow Choose(IReadOnlyList<ChatMessage> messages, int tokens, ChatMessage? question = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        var head = messages.TakeWhile(m => m.Role == ChatRole.System).ToArray();
        var used = TokenEstimate.Of(head) + (question is null ? 0 : TokenEstimate.Of(question));
        var starts = FindUnits(messages, head.Length);
        var from = messages.Count;
        for (var i = starts.Count - 1; i >= 0; i--)
        {
            var cost = TokenEstimate.Of(messages.Take(starts[i]..from).Where(m => m != question));
            if (from < messages.Count && used + cost > tokens)
            {
                break;
            }

            (used, from) = (used + cost, starts[i]);
        }

        var (left, kept) = (messages.Take(head.Length..from), messages.Skip(from));
        return question is not null && left.Contains(question)
            ? new([.. head, question, .. kept], [.. left.Where(m => m != question)], used)
            : new([.. head, .. kept], [.. left], used);
    }

    /// <summary>Where the parts begin that must not be divided: a message by itself, or one with calls and all up to their last result.</summary>
    private static List<int> FindUnits(IReadOnlyList<ChatMessage> messages, int first)
    {
        var starts = new List<int>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        for (var i = first; i < messages.Count; i++)
        {
            var results = messages[i].Contents.OfType<FunctionResultContent>().ToArray();
            var isNew = open.Count == 0;
            // A call that nobody answered does not hold together all that follows.
            if (!isNew && results.Length == 0 && messages[i].Role != ChatRole.Assistant && messages[i].Role != ChatRole.Tool)
            {
                open.Clear();
                isNew = true;
            }

            // A result behind its unit, of a call before, still belongs to it.
            if (isNew && (messages[i].Role != ChatRole.Tool || starts.Count == 0))
            {
                starts.Add(i);
            }

            open.UnionWith(messages[i].Contents.OfType<FunctionCallContent>().Select(c => c.CallId));
            open.ExceptWith(results.Select(r => r.CallId));
        }

        return starts;
    }
}
