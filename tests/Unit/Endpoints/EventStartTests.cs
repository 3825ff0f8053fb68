using Microsoft.AspNetCore.Http;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

public sealed class EventStartTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Start_ThatIsSaid_IsThatPlace()
    {
        Assert.Equal(TopicStart.At(Now), Read(""));
        Assert.Equal(TopicStart.At(Now), Read("?from=now"));
        Assert.Equal(TopicStart.Beginning, Read("?from=beginning"));
        Assert.Equal(TopicStart.At(Now.AddHours(-2)), Read("?from=2026-01-31T10:00:00Z"));
        Assert.Equal(TopicStart.At(Now.AddHours(-2)), Read("?from=2026-01-31T10:00:00"));
        Assert.Equal(TopicStart.After(17), Read("?after=17"));
        Assert.Equal(TopicStart.Beginning, Read("?after=0"));
        Assert.Equal(TopicStart.After(18), Read("?after=17", "18"));
        Assert.Equal(TopicStart.After(18), Read("?from=beginning", "18"));
    }

    [Theory]
    [InlineData("?after=", "")]
    [InlineData("?after=1&after=2", "")]
    [InlineData("?after=1&from=now", "")]
    [InlineData("?from=", "")]
    [InlineData("?from=17", "")]
    [InlineData("", "x")]
    [InlineData("", "-1")]
    public void Start_ThatIsNone_IsRefused(string query, string last) =>
        Assert.Equal("bad-parameter", Assert.Throws<AgentRefusedException>(() => Read(query, last)).Code);

    private static TopicStart Read(string query, string last = "")
    {
        var context = new DefaultHttpContext { Request = { QueryString = new QueryString(query) } };
        context.Request.Headers["Last-Event-ID"] = last;
        return EventStart.Read(context.Request, Now);
    }
}
