using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Samples;

public sealed class PricerTests
{
    [Fact]
    public async Task SetPrice_TellsTheWatchers()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<PricerAgent>());
        var pricer = cluster.Client.Agent("pricer/eu");
        var watcher = cluster.Probe("watcher");

        await pricer.TellAsync(new WatchPrices(watcher.Id.ToString()));
        await pricer.TellAsync(new SetPrice("A1", 12.50m));

        Assert.Equal(12.50m, (await watcher.ExpectAsync<PriceChanged>()).Price);
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task SetPrice_Refused_ChangesNothingAndTellsNobody()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<PricerAgent>());
        var pricer = cluster.Client.Agent("pricer/eu");
        var watcher = cluster.Probe("watcher");

        await pricer.TellAsync(new WatchPrices(watcher.Id.ToString()));
        var receipt = await pricer.TellAsync(new SetPrice("A1", -1));

        Assert.Equal("bad-price", receipt.Refusal?.Code);
        await watcher.ExpectNothingAsync<PriceChanged>();
    }

    [Fact]
    public async Task Quote_IsValidForFiveMinutes()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            options.Time = time;
            options.AddAgent<PricerAgent>();
        });
        var pricer = cluster.Client.Agent("pricer/eu");
        await pricer.TellAsync(new SetPrice("A1", 12.50m));

        time.Advance(TimeSpan.FromDays(1));
        var quote = await pricer.AskAsync(new QuoteRequest("A1"));

        Assert.Equal(time.GetUtcNow().AddMinutes(5), quote.ValidUntil);
    }

    [Fact]
    public async Task Price_OutlivesItsSilo()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            options.Silos = 2;
            options.AddAgent<PricerAgent>();
        });
        var pricer = cluster.Client.Agent("pricer/eu");
        await pricer.TellAsync(new SetPrice("A1", 12.50m));

        await cluster.KillSiloAsync(cluster.FindSilo("pricer/eu")!);

        Assert.Equal(12.50m, (await pricer.AskAsync(new QuoteRequest("A1"))).Price);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task SetPrice_WhateverGetsLost_TellsEachChangeOnceAndInOrder(int seed)
    {
        var faults = new FaultPlan(seed);
        faults.Link().DropRequest(When.Chance(0.1)).DropReply(When.Chance(0.1)).Duplicate(When.Chance(0.1));
        faults.Commits("pricer/*").FailBefore(When.Chance(0.05)).FailAfter(When.Chance(0.05));
        faults.Restart("pricer/*", When.Chance(0.05));
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            options.Silos = 2;
            options.Faults = faults;
            options.AddAgent<PricerAgent>();
        });
        var pricer = cluster.Client.Agent("pricer/eu");
        var watcher = cluster.Probe("watcher");
        await pricer.TellAsync(new WatchPrices(watcher.Id.ToString()));

        for (var price = 1; price <= 10; price++)
        {
            var receipt = await pricer.TellAsync(new SetPrice("A1", price));
            Assert.True(receipt.IsAccepted, $"{receipt.Refusal?.Message} {faults}");
        }

        // An agent that crashed last goes on with what it had still to send when it is next asked.
        faults.Pause();
        await pricer.AskAsync(new QuoteRequest("A1"));
        await watcher.ExpectAsync<PriceChanged>(changed => changed.Price == 10);
        Assert.Equal(Enumerable.Range(1, 10), watcher.MessagesOf<PriceChanged>().Select(changed => (int)changed.Price));
    }
}
