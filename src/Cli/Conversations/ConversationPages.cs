using OrleansAgents.Agents;

namespace OrleansAgents.Conversations;

/// <summary>Conversations, and the list of them, read whole.</summary>
internal static class ConversationPages
{
    /// <summary>All notes that are kept, in order of arrival, and how many are missing; null for a conversation that is not known.</summary>
    public static async Task<(IReadOnlyList<ConversationNote> Notes, long Missing)?> ReadAsync(
        IAgentClient client, string conversation, CancellationToken cancellationToken)
    {
        var keeper = client.Agent(ConversationAddress.For(conversation));
        var notes = new List<ConversationNote>();
        ConversationPage page;
        do
        {
            var after = notes.Count == 0 ? 0 : notes[^1].Sequence;
            page = await keeper.AskAsync(new ConversationRead(after), cancellationToken: cancellationToken);
            notes.AddRange(page.Notes);
        }
        while (page.HasMore);

        return page.Last is null ? null : (notes, page.Missing);
    }

    /// <summary>The latest conversations of all shards, and how many there are.</summary>
    public static async Task<(IReadOnlyList<ConversationEntry> Conversations, int Total)> ListAsync(
        IAgentClient client, int limit, CancellationToken cancellationToken)
    {
        var request = new ConversationsList(Math.Min(limit, ConversationsList.MostConversations));
        var pages = await Task.WhenAll(ConversationAddress.All.Select(async shard =>
            await client.Agent(shard).AskAsync(request, cancellationToken: cancellationToken)));
        return ([.. pages.SelectMany(p => p.Conversations).OrderByDescending(c => c.Started).Take(limit)], pages.Sum(p => p.Total));
    }
}
