using OrleansAgents.Agents;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Topics;

public sealed class TopicIdTests
{
    [Theory]
    [InlineData("orders")]
    [InlineData("orders/eu")]
    [InlineData("A.b_c-9/x/y")]
    public void Parse_OfAName_KeepsIt(string name)
    {
        var topic = TopicId.Parse(name);

        Assert.Equal(name, topic.ToString());
        Assert.Equal(new AgentId("topic", name), topic.Agent);
        Assert.True(TopicId.TryParse(name, out var same, out _));
        Assert.Equal(topic, same);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a*")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    public void TryParse_OfNoName_SaysWhatIsWrong(string? name)
    {
        Assert.False(TopicId.TryParse(name, out var topic, out var fault));
        Assert.Equal(default, topic);
        Assert.Equal(fault, Assert.Throws<FormatException>(() => new TopicId(name!)).Message);
    }

    [Fact]
    public void TryParse_AtTheLimit_TakesTheLongestAndNoMore()
    {
        Assert.True(TopicId.TryParse(new string('a', TopicId.MaxLength), out _, out _));
        Assert.False(TopicId.TryParse(new string('a', TopicId.MaxLength + 1), out _, out _));
    }
}
