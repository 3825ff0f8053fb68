using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Messaging;
using OrleansAgents.DeadLetters;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Sqlite;
using OrleansAgents.Topics;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Golden;

public sealed class SqliteGoldenTests
{
    private const string FileName = "agents.db";

    public static TheoryData<string> Commits => [.. GoldenFiles.CommitsWith(FileName)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Commits))]
    public async Task File_OfAnEarlierCommit_IsReadWhole(string commit)
    {
        await using var temporary = await OpenCopyAsync(commit);
        var read = await StoreListing.ReadAsync(temporary.Store, Token);
        await GoldenFiles.CompareAsync(commit, FileName, read, Token);
        await temporary.FoldAsync();
        Assert.Equal(read, await StoreListing.ReadAsync(temporary.Store, Token));
    }

    [Theory]
    [MemberData(nameof(Commits))]
    public async Task File_OfAnEarlierCommit_HoldsWhatAgentsOfTodayRead(string commit)
    {
        await using var temporary = await OpenCopyAsync(commit);
        var letters = (await temporary.Store.LoadAsync("dead-letters/3", Token))!.Outgoing
            .Select(m => (DeadLetter)m.Envelope.ReadPayload(Contract.Of<DeadLetter>()));
        Assert.All(letters, l => Assert.Equal(("echo/gone", "no-host", 4), (l.Recipient, l.Code, l.Attempts)));
        var state = (await temporary.Store.LoadAsync("topic/orders/eu", Token))!.State!.Value;
        var subscriber = Assert.Single(System.Text.Json.JsonSerializer.Deserialize<TopicState>(state.Span, PayloadJson.Options)!.Subscribers);
        Assert.Equal(("collector/a", 1L, 2), (subscriber.Agent, subscriber.Cursor, subscriber.Filters.Count));
    }

    [Theory]
    [MemberData(nameof(Commits))]
    public async Task File_OfAnEarlierCommit_TakesCommitsOnTopOfIts(string commit)
    {
        await using var temporary = await OpenCopyAsync(commit);
        await temporary.Store.CommitAsync("pricer/eu", State(3, "4"), Token);
        await temporary.ReopenAsync();
        Assert.Equal("4", Text((await temporary.Store.LoadAsync("pricer/eu", Token))!.State));
    }

    [Fact]
    public async Task Schema_OfToday_HasAGoldenFile()
    {
        var versions = new List<long>();
        foreach (var commit in GoldenFiles.CommitsWith(FileName))
        {
            // The version stands in the header, so that asking for it does not migrate the file.
            var head = await File.ReadAllBytesAsync(GoldenFiles.PathOf(commit, FileName), Token);
            versions.Add(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(60)));
        }

        Assert.Equal(Enumerable.Range(1, StoreSchema.Version).Select(v => (long)v), versions.Distinct().Order());
    }

    private static async Task<TemporaryStore> OpenCopyAsync(string commit)
    {
        var temporary = new TemporaryStore(new FakeTimeProvider(Start));
        File.Copy(GoldenFiles.PathOf(commit, FileName), temporary.File);
        await temporary.OpenAsync();
        return temporary;
    }
}
