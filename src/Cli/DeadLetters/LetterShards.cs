using System.Runtime.CompilerServices;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.DeadLetters;

/// <summary>All the agents that keep dead letters, seen as one.</summary>
internal sealed class LetterShards(IAgentClient client, PayloadCipher? cipher)
{
    private const int PageLength = 1000;

    /// <summary>The oldest letters that match, and how many match in all.</summary>
    public async Task<DeadLetterPage> ListAsync(DeadLetterList filter, CancellationToken cancellationToken)
    {
        var pages = await Task.WhenAll(DeadLetterAddress.All.Select(shard => AskAsync(shard, filter, cancellationToken)));
        return new DeadLetterPage(
            [.. pages.SelectMany(page => page.Letters).OrderBy(letter => letter.At).Take(filter.Limit)], pages.Sum(page => page.Total));
    }

    /// <summary>One letter, its message opened where that came sealed and its key is here.</summary>
    /// <exception cref="AgentRefusedException">There is no such letter.</exception>
    public async Task<DeadLetter> ShowAsync(Guid id, CancellationToken cancellationToken)
    {
        var letter = await AskAsync(Keeper(id), new DeadLetterShow(id), cancellationToken);
        return cipher is not null
            && EnvelopeJson.Read(Encoding.UTF8.GetBytes(letter.Envelope), MessageLimits.Kept).Envelope is { Extras.Encryption: not null } closed
            && cipher.TryOpen(closed, out var opened, out _)
            ? letter with { Envelope = Encoding.UTF8.GetString(EnvelopeJson.ToBytes(opened)) }
            : letter;
    }

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
