using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Tests.Audit;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Storage;

public abstract partial class AgentStoreConformance
{
    private static readonly AuditEntry[] Entries = [.. TestLog.Chain(6, keyedFrom: 4)];

    [Fact]
    public async Task Audit_OfCommits_IsReadInOrderAndSaysWhereItEnds()
    {
        await CommitAsync(State(0, "0") with { Audit = Entries[..2] });
        await CommitAsync(new AgentCommit { Etag = 1 });
        await CommitAsync(new AgentCommit { Etag = 2, Audit = Entries[2..5] });

        foreach (var reopened in new[] { false, true })
        {
            Store = reopened ? await ReopenAsync() : Store;
            Assert.Equal(Entries[..5], await Store.ReadAuditAsync(Pricer, 0, 10, Token));
            Assert.Equal(Entries[2..4], await Store.ReadAuditAsync(Pricer, 2, 2, Token));
            Assert.Empty(await Store.ReadAuditAsync(Pricer, 5, 10, Token));
            Assert.Equal(new AuditHead(5, Entries[4].Hash), (await LoadAsync()).Audit);
        }
    }

    [Fact]
    public async Task Audit_OfAnAgentWithoutOne_IsEmpty()
    {
        Assert.Empty(await Store.ReadAuditAsync(Pricer, 0, 10, Token));
        await CommitAsync(State(0, "0"));

        Store = await ReopenAsync();
        Assert.Empty(await Store.ReadAuditAsync(Pricer, 0, 10, Token));
        Assert.Null((await LoadAsync()).Audit);
    }

    [Fact]
    public async Task Audit_OfAStaleCommit_IsNotWritten()
    {
        await CommitAsync(new AgentCommit { Etag = 0, Audit = Entries[..1] });
        await Assert.ThrowsAsync<StaleEtagException>(() => CommitAsync(new AgentCommit { Etag = 0, Audit = Entries[1..2] }));

        Assert.Equal(Entries[..1], await Store.ReadAuditAsync(Pricer, 0, 10, Token));
        Assert.Equal(1, (await LoadAsync()).Audit!.Sequence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Audit_ThatDoesNotFollow_IsRefusedWithItsCommit(int first)
    {
        await CommitAsync(State(0, "0") with { Audit = Entries[..1] });

        var refused = await Assert.ThrowsAsync<AgentStoreException>(() => CommitAsync(State(1, "1") with { Audit = Entries[first..(first + 1)], Events = [] }));
        Assert.Contains("goes on with entry 2", refused.Message, StringComparison.Ordinal);

        Assert.Equal((1, "0"), await EtagAndStateAsync());
        await CommitAsync(State(1, "1") with { Audit = Entries[1..2] });
        Assert.Equal(Entries[..2], await Store.ReadAuditAsync(Pricer, 0, 10, Token));
    }

    [Fact]
    public async Task Audit_OfCommitsHandedInTogether_IsAChain()
    {
        var commits = Entries.Select((entry, i) => Store.CommitAsync(Pricer, new AgentCommit { Etag = i, Audit = [entry] }, Token)).ToArray();
        var other = Store.CommitAsync(new AgentId("pricer", "us"), new AgentCommit { Etag = 0, Audit = Entries[..3] }, Token);
        foreach (var commit in commits.Append(other))
        {
            await commit;
        }

        Store = await ReopenAsync();
        Assert.Equal(Entries, await Store.ReadAuditAsync(Pricer, 0, 10, Token));
        Assert.Equal(Entries[..3], await Store.ReadAuditAsync(new AgentId("pricer", "us"), 0, 10, Token));
    }
}
