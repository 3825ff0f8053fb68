using OrleansAgents.Agents;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Conversations;

/// <summary>Reads conversations and their list as programs do.</summary>
internal static class Reading
{
    public static SendOptions In(string conversation, MessageId? id = null) => new() { ConversationId = conversation, Id = id };

    public static async Task<IReadOnlyList<ConversationNote>> ReadAsync(IAgentClient client, string conversation, CancellationToken token, int limit = 7)
    {
        var notes = new List<ConversationNote>();
        ConversationPage page;
        do
        {
            page = await client.Agent(ConversationAddress.For(conversation))
                .AskAsync(new ConversationRead(notes.Count == 0 ? 0 : notes[^1].Sequence, limit), cancellationToken: token);
            notes.AddRange(page.Notes);
        }
        while (page.HasMore);

        Assert.Equal(page.Kept, notes.Count);
        return notes;
    }

    public static async Task<IReadOnlyList<ConversationEntry>> ListAsync(IAgentClient client, CancellationToken token)
    {
        var pages = await Task.WhenAll(ConversationAddress.All.Select(async shard => await client.Agent(shard).AskAsync(new ConversationsList(), cancellationToken: token)));
        return [.. pages.SelectMany(p => p.Conversations)];
    }

    /// <summary>Who said what to whom and what became of it, in the order of addresses.</summary>
    public static IEnumerable<string> Lines(IEnumerable<ConversationNote> notes) =>
        notes.Select(n => n.Said).Select(s => $"{s.Sender} {s.Type} {s.Recipient} {s.Outcome}{(s.Code is null ? "" : " " + s.Code)}").Order(StringComparer.Ordinal);
}
