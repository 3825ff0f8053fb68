using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;
using Xunit;

namespace OrleansAgents.Tests.Routing;

public sealed class RouteMembersTests
{
    [Theory]
    [InlineData("""{"put":[{"name":"a","to":["b/1"]},{"name":"c","to":["b/1"],"contract":"x"}]}""", "'put/1': a rule has no member 'contract'")]
    [InlineData("""{"put":[{"name":"a","to":["b/1"],"when":{"typ":"x"}}]}""", "'put/0/when': a condition has no member 'typ'")]
    public void Rule_WithAMemberThatIsNone_IsRefusedWithItsPlace(string change, string message)
    {
        var refused = Assert.Throws<AgentRefusedException>(() => RouteMembers.Demand(Encoding.UTF8.GetBytes(change)));
        Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_AsItIsWritten_IsTaken()
    {
        var route = new Route("a", ["b/1"]) { When = new RouteMatch { Sender = "client/*" }, By = "/x" };
        RouteMembers.Demand(PayloadJson.Write(new RouterChange([route])));
        RouteMembers.Demand("""{"remove":["a"],"put":null}"""u8);
    }
}
