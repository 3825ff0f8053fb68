using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Commands;

public sealed class ConversationTests(SiloProcess silo)
{
    [Fact]
    public async Task Conversation_OfARelayedMessage_IsListedShownAndSentAgain()
    {
        var id = $"e2e {Guid.NewGuid()}";
        await RunAsync(null, 0, "tell", "relay/talk", "relay.send", """{"to":"counter/talk","type":"counter.add","payload":{"amount":2}}""", "--conversation", id);
        // What the relay sends on leaves after it has answered; its note comes with no message that the command could wait for.
        var shown = await WaitForAsync(id, lines: 2);
        Assert.EndsWith("client/cli -> relay/talk  relay.send  {\"to\":\"counter/talk\",\"type\":\"counter.add\",\"payload\":{\"amount\":2}}", shown[0], StringComparison.Ordinal);
        Assert.EndsWith("└─ relay/talk -> counter/talk  counter.add  {\"amount\":2}  => {\"value\":2}", shown[1], StringComparison.Ordinal);

        var listed = (await RunAsync(null, 0, "conversations", "--json", "--limit", "1000")).Split('\n').Select(l => JsonElement.Parse(l));
        Assert.Equal("relay.send", listed.Single(l => l.GetProperty("conversation").GetString() == id).GetProperty("type").GetString());

        var again = await RunAsync(null, 0, "conversation", id, "--replay", "--new-ids", "--into", id + " again");
        Assert.Equal("relay.send", JsonElement.Parse(again).GetProperty("type").GetString());
        Assert.Contains("\"accepted\":1", await RunAsync(again, 0, "send", "-", "--json"), StringComparison.Ordinal);
        Assert.Contains("=> {\"value\":4}", (await WaitForAsync(id + " again", lines: 2))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_NobodyHad_ExitsWithOne() =>
        Assert.Contains("There is no conversation", (await silo.AgentsAsync(null, "conversation", "nobody's")).Error, StringComparison.Ordinal);

    private async Task<string[]> WaitForAsync(string id, int lines)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var shown = (await silo.AgentsAsync(null, "conversation", id)).Output.Split('\n');
            if (shown.Length >= lines)
            {
                return shown;
            }

            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<string> RunAsync(string? input, int expected, params string[] arguments)
    {
        var result = await silo.AgentsAsync(input, arguments);
        Assert.True(result.ExitCode == expected, $"{result.ExitCode}: {result.Output}{result.Error}");
        return result.Output;
    }
}
