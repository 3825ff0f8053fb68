using System.Runtime.CompilerServices;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.DeadLetters;

/// <summary>All the agents that keep dead letters, seen as one.</summary>
internal sealed class LetterShards(IAgentClient client)
{
    private const int PageLength = 1000;

    /// <summary>The oldest letters that match, and how many match in all.</summary>
    public async Task<DeadLetterPage> ListAsync(DeadLetterList filter, CancellationToken cancellationToken)
    {
        var pages = await Task.WhenAll(DeadLetterAddress.All.Select(shard => AskAsync(shard, filter, cancellationToken)));
        return new DeadLetterPage(
            [.. pages.SelectMany(page => page.Letters).OrderBy(letter => letter.At).Take(filter.Limit)], pages.Sum(page => page.Total));
    }

    /// <exception cref="AgentRefusedException">There is no such letter.</exception>
    public Task<DeadLetter> ShowAsync(Guid id, CancellationToken cancellationToken) =>
        AskAsync(Keeper(id), new DeadLetterShow(id), cancellationToken);

    /// <summary>False when there is no such letter.</summary>
    public async Task<bool> SettleAsync(Guid id, Func<Guid, IRequest<DeadLetterDone>> request, CancellationToken cancellationToken) =>
        (await AskAsync(Keeper(id), request(id), cancellationToken)).Found;

    /// <summary>
    /// The ids of the letters that match now, each while it is still kept. As many as there are now, so that a letter that
    /// is replayed and comes back is not met again.
    /// </summary>
    public async IAsyncEnumerable<Guid> FindAsync(DeadLetterList filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var shard in DeadLetterAddress.All)
        {
            // Letters that could not be settled are listed again, at the head of the next page.
            var seen = new HashSet<Guid>();
            var left = int.MaxValue;
            while (left > 0)
            {
                var page = await AskAsync(shard, filter with { Limit = seen.Count + PageLength }, cancellationToken);
                left = Math.Min(left, page.Total);
                var fresh = page.Letters.Select(letter => letter.Id).Where(seen.Add).Take(left).ToArray();
                left = fresh.Length == 0 ? 0 : left - fresh.Length;
                foreach (var letter in fresh)
                {
                    yield return letter;
                }
            }
        }
    }

    private static AgentId Keeper(Guid letter) => DeadLetterAddress.For(new MessageId(letter));

    private async Task<TReply> AskAsync<TReply>(AgentId shard, IRequest<TReply> request, CancellationToken cancellationToken) =>
        await client.Agent(shard).AskAsync(request, cancellationToken: cancellationToken);
}
