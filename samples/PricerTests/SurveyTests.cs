using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;
using OrleansAgents.Testing;

namespace OrleansAgents.Samples;

public sealed class SurveyTests
{
    [Fact]
    public async Task Survey_OfThree_EndsWithTheSum()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<SurveyAgent>().AddAgent<VoterAgent>());
        var asker = cluster.Probe("asker");

        await asker.TellAsync("survey/1", new StartSurvey("lunch", ["voter/1", "voter/2", "nobody/3"]));

        Assert.Equal(new SurveyEnded("lunch", 3), await asker.ExpectAsync<SurveyEnded>());
    }

    [Fact]
    public async Task Vote_ByWayOfARouter_ReachesTheSameVoterForTheSameTopic()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<VoterAgent>());
        var agents = cluster.Client;
        var router = agents.Agent("router/votes");
        var europe = new Dictionary<string, string>(StringComparer.Ordinal) { ["region"] = "eu" };
        await router.AskAsync(new RouterChange(Put:
        [
            new Route("europe", ["voter/1", "voter/2"])
            {
                When = new RouteMatch { Type = "survey.vote", Headers = europe },
                By = "/topic",
            },
            new Route("default", ["voter/3"]) { Order = 100 },
        ]));

        var options = new SendOptions { Headers = europe };
        var first = await router.AskAsync(new Vote("lunch"), options);
        Assert.NotEqual(3, first.Weight);
        Assert.Equal(first, await router.AskAsync(new Vote("lunch"), options));
        Assert.Equal(3, (await router.AskAsync(new Vote("lunch"))).Weight);
    }
}
