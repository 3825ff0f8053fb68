using OrleansAgents.Conversations;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Conversations;

public sealed class ConversationTreeTests
{
    [Fact]
    public void Of_Causes_PutsEachUnderItsCauseByTime()
    {
        var tree = ConversationTree.Of([Notes.Of(3, 1, atMs: 30), Notes.Of(2, 1, atMs: 20), Notes.Of(1, atMs: 10), Notes.Of(4, 2, atMs: 40)]);
        Assert.Equal("1(2(4) 3)", Draw(tree));
        Assert.Equal([0, 1, 1, 2], tree.InTimeOrder().Select(n => n.Depth));
    }

    [Fact]
    public void Of_UnknownCause_IsARoot() =>
        Assert.Equal("1 2(3)", Draw(ConversationTree.Of([Notes.Of(1), Notes.Of(2, 99, atMs: 1), Notes.Of(3, 2, atMs: 2)])));

    [Fact]
    public void Of_CausesInACircle_CutsItAtTheEarliestAndLosesNothing()
    {
        var notes = new[] { Notes.Of(1, 1), Notes.Of(2, 4, atMs: 3), Notes.Of(3, 2, atMs: 2), Notes.Of(4, 3, atMs: 4), Notes.Of(5, 4, atMs: 5) };
        Assert.Equal("1 3(4(2 5))", Draw(ConversationTree.Of(notes)));
        Assert.Equal(5, ConversationTree.Of(notes).InTimeOrder().Count());
    }

    [Fact]
    public void Of_Event_StandsUnderItsPublicationAndItsEffectsUnderWhoHadThem()
    {
        var tree = ConversationTree.Of(
        [
            Notes.Of(1, recipient: "shop/1"), Notes.Of(2, 1, "shop/1", "topic/orders", 1),
            Notes.Of(2, 1, "shop/1", "till/1", 2, sequence: 3), Notes.Of(2, 1, "shop/1", "till/2", 3, sequence: 4),
            Notes.Of(5, 2, "till/2", "post/1", 4),
        ]);
        Assert.Equal("1(2(2 2(5)))", Draw(tree));
        Assert.Equal("till/2", tree.InTimeOrder().Single(n => n.Said.Message == Notes.Id(5)).Parent!.Said.Recipient);
    }

    [Fact]
    public void InTimeOrder_ClocksThatAreOff_GivesNoneBeforeItsCause() => Assert.Equal(
        [2, 1, 3],
        ConversationTree.Of([Notes.Of(1, 2, atMs: -50), Notes.Of(2), Notes.Of(3, 2, atMs: -10)]).InTimeOrder().Select(n => Number(n.Said.Message)));

    [Fact]
    public void Of_AChainAsLongAsMayBe_IsBuiltAndWalked()
    {
        var tree = ConversationTree.Of(Enumerable.Range(1, 10_000).Select(i => Notes.Of(i, i - 1, atMs: i)));
        Assert.Equal(9_999, tree.InTimeOrder().Last().Depth);
        Assert.Single(tree.Roots);
    }

    [Fact]
    public void Replay_NewIds_ChangesThemAlikeEverywhere()
    {
        var tree = ConversationTree.Of([Notes.Of(1), Notes.Of(2, 1), Notes.Of(3, 99)]);
        var same = new ConversationReplay(tree, newIds: false, into: null);
        Assert.Equal([Notes.Id(1), Notes.Id(2), Notes.Id(3)], tree.InTimeOrder().Select(n => same.Find(n)!.Id.Value));
        var fresh = new ConversationReplay(tree, newIds: true, into: "again");
        var envelopes = tree.InTimeOrder().Select(n => fresh.Find(n)!).ToArray();
        Assert.Equal(3, envelopes.Select(e => e.Id.Value).Except([Notes.Id(1), Notes.Id(2), Notes.Id(3)]).Count());
        Assert.Equal(envelopes[0].Id, envelopes[1].Extras!.CausationId);
        Assert.Equal(Notes.Id(99), envelopes[2].Extras!.CausationId!.Value.Value);
        Assert.All(envelopes, e => Assert.Equal("again", e.Extras!.ConversationId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("{\"id\":1}")]
    public void Replay_OfWhatIsNoMessage_IsNone(string? envelope)
    {
        var note = Notes.Of(1);
        var tree = ConversationTree.Of([note with { Said = note.Said with { Envelope = envelope } }]);
        Assert.Null(new ConversationReplay(tree, newIds: true, into: null).Find(tree.Roots[0]));
    }

    private static int Number(Guid id) => BitConverter.ToInt32(id.ToByteArray());

    private static string Draw(ConversationTree tree) => string.Join(' ', tree.Roots.Select(Draw));

    private static string Draw(ConversationNode node) =>
        Number(node.Said.Message) + (node.Children.Count == 0 ? "" : $"({string.Join(' ', node.Children.Select(Draw))})");
}
