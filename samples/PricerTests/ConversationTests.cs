using OrleansAgents.Agents;
using OrleansAgents.Conversations;
using OrleansAgents.Testing;

namespace OrleansAgents.Samples;

/// <summary>What docs/conversations.md and docs/conventions.md show.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task Ask_InAConversation_CanBeReadAfterwards()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<PricerAgent>());
        var agents = cluster.Client;
        await agents.Agent("pricer/eu").TellAsync(new SetPrice("A1", 12.50m));

        var options = new SendOptions { ConversationId = "order 17" };
        await agents.Agent("pricer/eu").AskAsync(new QuoteRequest("A1"), options);
        await cluster.IdleAsync();

        var page = await agents.Agent(ConversationAddress.For("order 17")).AskAsync(new ConversationRead());
        foreach (var note in page.Notes)
        {
            Console.WriteLine($"{note.Said.Sender} -> {note.Said.Recipient} {note.Said.Type}: {note.Said.Outcome}");
        }

        Assert.Equal("pricer/eu", Assert.Single(page.Notes).Said.Recipient);
    }

    [Fact]
    public async Task Move_OfStock_SaysWhatItMeansToDoAndWhatHasChanged()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<MoverAgent>());
        var watcher = cluster.Probe("watcher");
        await watcher.SubscribeAsync("stock/intents");
        await watcher.SubscribeAsync("stock/changes");

        await cluster.Client.Agent("mover/a").TellAsync(new MoveStock("A1", "shelf 3"));
        await cluster.Client.Agent("mover/a").TellAsync(new MoveStock("A1", "shelf 4"));

        Assert.Equal(["sku/A1"], (await watcher.ExpectAsync<MoveIntent>()).Resources);
        await watcher.ExpectAsync<StockDiff>();
        var second = await watcher.ExpectAsync<StockDiff>();
        Assert.Equal((1, 2, "replace"), (second.Base, second.Version, second.Patch[0].GetProperty("op").GetString()));
        await cluster.IdleAsync();
        var page = await cluster.Client.Agent(ConversationAddress.For("move A1")).AskAsync(new ConversationRead());
        Assert.Contains(page.Notes, n => n.Said.Recipient == "topic/stock/intents");
    }
}
