using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Commands;

public sealed class DeadLetterTests(SiloProcess silo)
{
    [Fact]
    public async Task Letter_OfARefusedTell_IsListedShownReplayedAndDropped()
    {
        await LoseAsync("chaos/lost");
        var letter = await ListedAsync("chaos/lost");
        var id = letter.GetProperty("id").GetString()!;
        Assert.Equal("chaos.no", letter.GetProperty("code").GetString());
        Assert.Equal("chaos.refuse", letter.GetProperty("type").GetString());

        var shown = await RunAsync(0, "deadletters", "show", id, "--json");
        var message = JsonElement.Parse(shown.Output).GetProperty("envelope");
        Assert.Equal("Not today.", message.GetProperty("payload").GetProperty("message").GetString());
        Assert.Contains("relay/lost", (await RunAsync(0, "deadletters", "show", id)).Output, StringComparison.Ordinal);

        Assert.Equal($$"""{"id":"{{id}}","outcome":"replayed"}""", (await RunAsync(0, "deadletters", "replay", id, "--json")).Output);
        var again = await ListedAsync("chaos/lost", except: id);
        Assert.Equal(letter.GetProperty("message").GetString(), again.GetProperty("message").GetString());

        var newId = again.GetProperty("id").GetString()!;
        Assert.Contains("--yes", (await RunAsync(2, "deadletters", "drop", newId)).Error, StringComparison.Ordinal);
        Assert.Equal($"dropped {newId}", (await RunAsync(0, "deadletters", "drop", newId, "--yes")).Output);
        Assert.Empty((await RunAsync(0, "deadletters", "list", "--recipient", "chaos/lost", "--json")).Output);
        Assert.Contains(newId, (await RunAsync(1, "deadletters", "drop", newId, "--yes")).Error, StringComparison.Ordinal);
        Assert.Contains(newId, (await RunAsync(1, "deadletters", "show", newId)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_WithFilters_TouchesOnlyWhatMatches()
    {
        await LoseAsync("chaos/all-a");
        await LoseAsync("chaos/all-b");
        var (kept, gone) = (await ListedAsync("chaos/all-a"), await ListedAsync("chaos/all-b"));
        var table = await RunAsync(0, "deadletters", "list", "--recipient", "chaos", "--type", "chaos.refuse", "--code", "chaos.no");
        Assert.Contains(kept.GetProperty("id").GetString()!, table.Output, StringComparison.Ordinal);
        Assert.Contains(gone.GetProperty("id").GetString()!, table.Output, StringComparison.Ordinal);

        await RunAsync(0, "deadletters", "drop", "--all", "--recipient", "chaos/all-b", "--yes");
        Assert.Empty((await RunAsync(0, "deadletters", "list", "--recipient", "chaos/all-b", "--json")).Output);
        await RunAsync(0, "deadletters", "replay", "--all", "--recipient", "chaos/all-a", "--code", "chaos.no");
        await ListedAsync("chaos/all-a", except: kept.GetProperty("id").GetString());
        Assert.Empty((await RunAsync(0, "deadletters", "replay", "--all", "--recipient", "chaos/all-a", "--code", "another")).Output);
    }

    [Theory]
    [InlineData("deadletters", "show", "17")]
    [InlineData("deadletters", "replay")]
    [InlineData("deadletters", "replay", "--all", "0198d2f0-3c5e-8000-9a1b-2c3d4e000001")]
    [InlineData("deadletters", "replay", "0198d2f0-3c5e-8000-9a1b-2c3d4e000001", "--code", "expired")]
    [InlineData("deadletters", "list", "--limit", "0")]
    [InlineData("watch", "news", "--from", "yesterday")]
    [InlineData("watch", "news", "--from", "0")]
    public async Task Usage_Wrong_ExitsWithTwo(params string[] arguments) => await RunAsync(2, arguments);

    [Fact]
    public async Task Watch_FromAPlace_PrintsEventsWithTheirPositions()
    {
        for (var number = 1; number <= 3; number++)
        {
            await RunAsync(0, "publish", "numbers/e2e", "number", $$"""{"n":{{number}}}""");
        }

        Assert.Equal([(1, 1), (2, 2), (3, 3)], await WatchAsync("beginning", 3));
        Assert.Equal([(2, 2), (3, 3)], await WatchAsync("2", 2));
        Assert.Equal([(1, 1)], await WatchAsync("2020-01-01T00:00:00Z", 1));
    }

    private async Task<(long Position, int Number)[]> WatchAsync(string from, int count)
    {
        var (_, output, _) = await RunAsync(0, "watch", "numbers/e2e", "--from", from, "--count", $"{count}", "--json");
        return [.. output.Split('\n').Select(line => JsonElement.Parse(line)).Select(line =>
            (line.GetProperty("position").GetInt64(), line.GetProperty("payload").GetProperty("n").GetInt32()))];
    }

    /// <summary>Has a relay tell an agent what it refuses for good.</summary>
    private async Task LoseAsync(string recipient) => await RunAsync(
        0, "tell", "relay/" + recipient.Split('/')[1], "relay.send",
        $$$"""{"to":"{{{recipient}}}","type":"chaos.refuse","payload":{"code":"chaos.no","message":"Not today."}}""");

    /// <summary>A message is given up on after the turn that sent it, so the letters are listed until it shows.</summary>
    private async Task<JsonElement> ListedAsync(string recipient, string? except = null)
    {
        while (true)
        {
            var (_, output, _) = await RunAsync(0, "deadletters", "list", "--recipient", recipient, "--json");
            foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var letter = JsonElement.Parse(line);
                if (letter.GetProperty("id").GetString() != except)
                {
                    return letter;
                }
            }
        }
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(int expected, params string[] arguments)
    {
        var result = await silo.AgentsAsync(null, arguments);
        Assert.True(result.ExitCode == expected, $"{result.ExitCode}: {result.Output}{result.Error}");
        return result;
    }
}
