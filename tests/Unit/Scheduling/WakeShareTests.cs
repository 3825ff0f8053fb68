using OrleansAgents.Agents;
using OrleansAgents.Scheduling;
using Xunit;

namespace OrleansAgents.Tests.Scheduling;

public sealed class WakeShareTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Shares_OfSilosThatAgree_TakeEveryAgentOnceAndEvenly(int silos)
    {
        var taken = new int[silos];
        for (var i = 0; i < 7000; i++)
        {
            var agent = new AgentId("account", $"{i}");
            var owner = Assert.Single(Enumerable.Range(0, silos), s => new WakeShare(s, silos).Has(agent));
            taken[owner]++;
        }

        Assert.All(taken, t => Assert.InRange(t, 7000 / silos * 0.8, 7000 / silos * 1.2));
    }
}
