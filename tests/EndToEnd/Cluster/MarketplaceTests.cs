using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Cluster;

/// <summary>The market of the samples on three silos, of which one is killed in the middle of its bargains.</summary>
[Collection(ThreeSilos.Name)]
public sealed class MarketplaceTests(ThreeSilos cluster)
{
    private const int Buyers = 4, PurchasesEach = 6, Stock = 40, Opening = 1000;
    private static readonly string[] Sellers = ["anna", "bert", "cora"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Market_WhoseSiloIsKilled_SettlesEachPurchaseOnceAndKeepsTheMoney()
    {
        await OpenAsync();
        for (var i = 0; i < Buyers * PurchasesEach; i++)
        {
            // Every fourth parcel cannot be delivered, and its purchase is taken back.
            var address = i % 4 == 3 ? "nowhere" : "home";
            await SendAsync($"buyer/{i % Buyers}", "market.wish", $$"""{"purchase":"m{{i}}","item":"plums","atMost":30,"address":"{{address}}"}""");
        }

        // Somebody has bought, and others are still at it.
        while (await PaidAsync() == 0)
        {
            Token.ThrowIfCancellationRequested();
        }

        await cluster.Silos[1].KillAsync();
        await cluster.Silos[1].StartAgainAsync();
        for (var buyer = 0; buyer < Buyers; buyer++)
        {
            await cluster.Client.AssertReachesAsync($"buyer/{buyer}", "buyer.read", "told", PurchasesEach);
        }

        await AssertBooksAsync();
        await cluster.Client.SilosAsync(3);
    }

    private async Task OpenAsync()
    {
        await SendAsync("router/market", "router.change", """{"put":[{"name":"purchases","to":["broker/north","broker/south"],"by":"/buyer"}]}""");
        for (var i = 0; i < Sellers.Length; i++)
        {
            await SendAsync($"seller/{Sellers[i]}", "seller.open", $$"""{"item":"plums","price":{{20 + i}},"least":{{15 + i}},"stock":{{Stock}}}""");
        }

        for (var buyer = 0; buyer < Buyers; buyer++)
        {
            await SendAsync("bank/market", "account.open", $$"""{"owner":"buyer/{{buyer}}","amount":{{Opening}}}""");
        }

        // A negotiation that begins before the sellers are known finds nobody.
        while (await CountSellersAsync() < Sellers.Length)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>What was bought, sold and paid is the same, and no money came or went.</summary>
    private async Task AssertBooksAsync()
    {
        var (bought, failed, told) = (0L, 0L, 0L);
        for (var buyer = 0; buyer < Buyers; buyer++)
        {
            bought += await cluster.Client.ReadAsync($"buyer/{buyer}", "buyer.read", "bought");
            failed += await cluster.Client.ReadAsync($"buyer/{buyer}", "buyer.read", "failed");
            told += await cluster.Client.ReadAsync($"buyer/{buyer}", "buyer.read", "told");
        }

        Assert.Equal((Buyers * PurchasesEach, Buyers * PurchasesEach), (bought + failed, told));
        Assert.Equal(bought, await PaidAsync());
        Assert.Equal(Buyers * Opening * 100, await cluster.Client.ReadAsync("bank/market", "account.read", "cents"));
        var (gone, back) = (0L, 0L);
        foreach (var seller in Sellers)
        {
            var (sold, returned) = (await cluster.Client.ReadAsync($"seller/{seller}", "seller.read", "sold"), await cluster.Client.ReadAsync($"seller/{seller}", "seller.read", "returned"));
            Assert.Equal(Stock - sold + returned, await cluster.Client.ReadAsync($"seller/{seller}", "seller.read", "stock"));
            (gone, back) = (gone + sold, back + returned);
        }

        Assert.Equal(bought, gone - back);
        Assert.True(bought > 0 && back > 0, $"{bought} bought and {back} returned prove nothing.");
    }

    private Task<long> PaidAsync() => cluster.Client.ReadAsync("bank/market", "account.read", "transfers");

    private async Task<int> CountSellersAsync()
    {
        var count = 0;
        for (var shard = 0; shard < 64; shard++)
        {
            var reply = await cluster.Client.Agents.SendAsync(
                OutsideClient.Message(new AgentId("directory", $"{shard}"), "directory.find", """{"capability":"sell:plums"}"""), cancellationToken: Token);
            count += reply.ToJson() is { } json ? JsonElement.Parse(json).GetProperty("total").GetInt32() : 0;
        }

        return count;
    }

    private async Task SendAsync(string to, string type, string payload)
    {
        var message = Envelope.CreateJson("client/outside", AgentId.Parse(to), type, Encoding.UTF8.GetBytes(payload));
        var reply = await cluster.Client.Agents.SendAsync(message, cancellationToken: Token);
        Assert.True(reply.Refusal is null, $"{to} {type}: {reply.Refusal?.Message}");
    }
}
