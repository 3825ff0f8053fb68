using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class ContractConventionTests
{
    [Fact]
    public void Of_RecordsThatKeepTheConvention_AreContracts()
    {
        Assert.Equal("test.move.intent", Contract.Of<MoveIntent>().Name);
        Assert.Equal("test.board.diff", Contract.Of<BoardDiff>().Name);
        Assert.Equal("test.listed.diff", Contract.Of<ListedDiff>().Name);
        Assert.Equal("test.nodes.diff", Contract.Of<NodesDiff>().Name);
        // Only the last segment promises anything.
        Assert.Equal("test.intent.taken", Contract.Of<Taken>().Name);
        Assert.Equal("test.subdiff", Contract.Of<Subdiff>().Name);
    }

    [Theory]
    [InlineData(typeof(AimlessIntent), "'goal'")]
    [InlineData(typeof(BaselessDiff), "'base'")]
    [InlineData(typeof(TextDiff), "'version'")]
    [InlineData(typeof(PatchlessDiff), "'patch'")]
    [InlineData(typeof(TextPatchDiff), "'patch'")]
    [InlineData(typeof(Misnamed), ".intent")]
    [InlineData(typeof(MisnamedDiff), ".diff")]
    public void Of_ARecordThatBreaksIt_ThrowsWithPlaceAndRemedy(Type record, string missing)
    {
        var message = Assert.Throws<InvalidOperationException>(() => Contract.Of(record)).Message;
        Assert.Contains(missing, message, StringComparison.Ordinal);
        Assert.Contains(record.ToString(), message, StringComparison.Ordinal);
        Assert.Contains("[Contract(\"test.", message, StringComparison.Ordinal);
    }

    [Contract("test.move.intent")]
    private sealed record MoveIntent(string Goal, DateTimeOffset? Until = null) : IIntent;

    [Contract("test.board.diff")]
    private sealed record BoardDiff(string Board, long Base, long Version, JsonElement Patch, string By, DateTimeOffset At) : IStateDiff;

    [Contract("test.listed.diff")]
    private sealed record ListedDiff(int Base, int Version, IReadOnlyList<PatchStep> Patch);

    [Contract("test.nodes.diff")]
    private sealed record NodesDiff(long? Base, long Version, JsonArray Patch);

    private sealed record PatchStep(string Op, string Path);

    [Contract("test.intent.taken")]
    private sealed record Taken(string By);

    [Contract("test.subdiff")]
    private sealed record Subdiff(string By);

    [Contract("test.aimless.intent")]
    private sealed record AimlessIntent(string Aim);

    [Contract("test.baseless.diff")]
    private sealed record BaselessDiff(long Version, JsonElement Patch);

    [Contract("test.text.diff")]
    private sealed record TextDiff(long Base, string Version, JsonElement Patch);

    [Contract("test.patchless.diff")]
    private sealed record PatchlessDiff(long Base, long Version);

    [Contract("test.text-patch.diff")]
    private sealed record TextPatchDiff(long Base, long Version, string Patch);

    [Contract("test.misnamed")]
    private sealed record Misnamed(string Goal) : IIntent;

    [Contract("test.misnamed-diff")]
    private sealed record MisnamedDiff(long Base, long Version, JsonElement Patch) : IStateDiff;
}
