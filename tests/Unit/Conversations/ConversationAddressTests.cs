using OrleansAgents.Agents;
using OrleansAgents.Conversations;
using Xunit;

namespace OrleansAgents.Tests.Conversations;

public sealed class ConversationAddressTests
{
    [Theory]
    [InlineData("story")]
    [InlineData("orders/eu/17")]
    [InlineData("Größe 7")]
    [InlineData("dead-letters/0")]
    public void For_IdThatIsAKey_IsTheKey(string id) => Assert.Equal(new AgentId("conversation", id), ConversationAddress.For(id));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" story")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("\u202Eyrots")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha256:")]
    public void For_IdThatIsNoKey_IsItsHash(string id)
    {
        var agent = ConversationAddress.For(id);
        Assert.Equal("conversation", agent.Kind);
        Assert.Matches("^sha256:[0-9a-f]{64}$", agent.Key);
        // It is an address that everybody can write.
        Assert.Equal(agent, AgentId.Parse(agent.ToString()));
    }

    [Fact]
    public void For_HalfOfASurrogatePair_IsTheHashOfWhatTravels() =>
        Assert.StartsWith(ConversationAddress.HashPrefix, ConversationAddress.For("\uD800").Key, StringComparison.Ordinal);

    [Fact]
    public void For_LongIds_AreKeptApart()
    {
        var ids = Enumerable.Range(0, 100).Select(i => new string('x', 300) + i).ToArray();
        Assert.Equal(100, ids.Select(ConversationAddress.For).Distinct().Count());
        Assert.Equal(ConversationAddress.For(ids[0]), ConversationAddress.For(new string('x', 300) + "0"));
        // The hash of one, taken as an id, is not that one.
        Assert.NotEqual(ConversationAddress.For(ids[0]), ConversationAddress.For(ConversationAddress.For(ids[0]).Key));
    }

    [Fact]
    public void IndexFor_ManyIds_SpreadsOverAllShards()
    {
        var shards = Enumerable.Range(0, 1000).Select(i => ConversationAddress.IndexFor($"{i}")).GroupBy(a => a).ToArray();
        Assert.Equal(ConversationAddress.All.ToHashSet(), shards.Select(s => s.Key).ToHashSet());
        Assert.All(shards, s => Assert.InRange(s.Count(), 30, 110));
        // It must stay where it is for as long as there are stores.
        Assert.Equal("conversations/4", ConversationAddress.IndexFor("story").ToString());
    }
}
