using OrleansAgents.Agents;

namespace OrleansAgents.Directory;

/// <summary>
/// Searches all shards at once. Each is first asked for a little more than its share of the limit, because most of what
/// 64 shards would give is not among the first; those that may have more of these are asked once again.
/// </summary>
internal sealed class DirectorySearch(Func<AgentId, DirectoryFind, CancellationToken, ValueTask<DirectoryPage>> ask)
{
    private const int Spare = 8;

    /// <exception cref="ArgumentException">The query breaks a rule; the message says which.</exception>
    /// <exception cref="AgentRefusedException">The search is not allowed, or no silo has a directory.</exception>
    public async ValueTask<FoundAgents> RunAsync(DirectoryFind query, IReadOnlyList<KindDescription> kinds, CancellationToken cancellationToken)
    {
        if (query.FindFault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(query));
        }

        var shards = DirectoryAddress.All.Select(agent => new Shard(agent)).ToArray();
        var share = query with { Limit = Math.Min(query.Limit, (query.Limit / DirectoryAddress.Shards * 3) + Spare) };
        await AskAsync(shards, _ => share, cancellationToken);
        var first = Merge(shards, query.Limit);
        var behind = shards.Where(shard => shard.MayHaveOneBefore(first, query.Limit)).ToArray();
        if (behind.Length > 0)
        {
            await AskAsync(behind, shard => query with { After = shard.Found[^1].Agent }, cancellationToken);
            first = Merge(shards, query.Limit);
        }

        return new FoundAgents(
            first, FindKinds(query, kinds), shards.Sum(shard => shard.Total), [.. shards.Select(shard => shard.Missing).OfType<Unanswered>()]);
    }

    private async Task AskAsync(Shard[] shards, Func<Shard, DirectoryFind> query, CancellationToken cancellationToken) =>
        await Task.WhenAll(shards.Select(async shard => shard.Missing = await FanOut.TryAsync(
            shard.Agent, async () => shard.Take(await ask(shard.Agent, query(shard), cancellationToken)), cancellationToken)));

    private static DirectoryEntry[] Merge(Shard[] shards, int limit) => [.. shards.SelectMany(shard => shard.Found).Order(ByAddress.Order).Take(limit)];

    private static FoundKind[] FindKinds(DirectoryFind query, IReadOnlyList<KindDescription> kinds) =>
    [
        .. kinds
            .Where(kind => (query.Kind is null || query.Kind == kind.Kind) && kind.Capabilities.Contains(query.Capability, StringComparer.Ordinal)
                && (query.Tags is null || query.Tags.All(tag => kind.Tags.Contains(tag, StringComparer.Ordinal))))
            .Select(kind => new FoundKind(kind.Kind, kind.Capabilities, kind.Tags, kind.Description)),
    ];

    private sealed class ByAddress : IComparer<DirectoryEntry>
    {
        public static readonly ByAddress Order = new();

        // Of one kind, the addresses differ only behind it.
        public int Compare(DirectoryEntry? x, DirectoryEntry? y) => string.CompareOrdinal(x!.Kind, y!.Kind) is not 0 and var order
            ? order
            : string.CompareOrdinal(x.Agent, y.Agent);
    }

    private sealed class Shard(AgentId agent)
    {
        private bool _more;

        public AgentId Agent { get; } = agent;

        public List<DirectoryEntry> Found { get; } = [];

        public int Total { get; private set; }

        public Unanswered? Missing { get; set; }

        public void Take(DirectoryPage page)
        {
            Found.AddRange(page.Agents);
            (Total, _more) = (page.Total, page.More && page.Agents.Count > 0);
        }

        public bool MayHaveOneBefore(DirectoryEntry[] first, int limit) =>
            _more && Missing is null && (first.Length < limit || ByAddress.Order.Compare(Found[^1], first[^1]) < 0);
    }
}
