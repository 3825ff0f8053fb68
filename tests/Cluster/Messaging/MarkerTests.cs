using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Messaging;

/// <summary>Payloads and headers are marked, and no answer of a silo shows the mark, a stack or what an exception says.</summary>
public sealed class MarkerTests(AgentCluster cluster)
{
    private const string Mark = "Zx9secretQ";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("greeter", "test.greet", "[#]")]
    [InlineData("greeter", "test.greet", "{#:1}")]
    [InlineData("greeter", "test.greet", "{\"name\":{#:#},#:#}")]
    [InlineData("greeter", "test.greet", "{\"name\":#,\"name\":#}")]
    [InlineData("greeter", "test.greet", "{#")]
    [InlineData("greeter", "test.unheard", "{#:#}")]
    [InlineData("account", "test.add", "{\"amount\":#,\"fail\":#}")]
    [InlineData("account", "test.add", "{\"amount\":1,\"fail\":true,#:#}")]
    [InlineData("broken-constructor", "test.greet", "{\"name\":#}")]
    [InlineData("broken-start", "test.greet", "{\"name\":#}")]
    [InlineData("nobody", "test.greet", "{\"name\":#}")]
    [InlineData("topic", "topic.publish-nothing", "{#:#}")]
    [InlineData("topic", "topic.subscribe", "{#:#}")]
    [InlineData("dead-letters", "dead-letter.show", "{#:#}")]
    public async Task Answer_ToAMarkedMessage_DoesNotShowTheMark(string kind, string type, string template)
    {
        foreach (var client in (IAgentClient[])[cluster.Outside, cluster.Inside])
        {
            var payload = Encoding.UTF8.GetBytes(template.Replace("#", $"\"{Mark}\"", StringComparison.Ordinal));
            var message = Envelope.CreateJson("client/test", new AgentId(kind, "marked"), type, payload)
                .With(new EnvelopeExtras { ConversationId = Mark, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { [Mark] = Mark } });
            CheckUnmarked(await TellAsync(client, message));
        }
    }

    [Fact]
    public async Task Answer_ToMarkedHeaders_DoesNotShowTheMark()
    {
        var message = Envelope.CreateJson("client/test", "greeter/marked", "test.greet", "{\"name\":\"a\"}"u8.ToArray());
        var large = new Dictionary<string, string>(StringComparer.Ordinal) { [Mark] = new string('x', 2000) };
        var many = Enumerable.Range(0, 40).ToDictionary(i => $"{Mark}{i}", _ => Mark, StringComparer.Ordinal);
        foreach (var headers in (Dictionary<string, string>[])[large, many])
        {
            CheckUnmarked(await TellAsync(cluster.Outside, message.With(new EnvelopeExtras { Headers = headers })));
        }
    }

    [Fact]
    public async Task DeadLetter_OfAMarkedMessage_HasAReasonWithoutTheMark()
    {
        await cluster.Outside.Agent("marker/a").TellAsync(new PassMark(Mark), cancellationToken: Token);
        while (true)
        {
            foreach (var office in DeadLetterAddress.All)
            {
                var page = await cluster.Outside.Agent(office).AskAsync(new DeadLetterList(Recipient: "account/marked"), cancellationToken: Token);
                if (page.Letters.FirstOrDefault() is { } letter)
                {
                    Assert.Equal(RefusalCodes.InvalidPayload, letter.Code);
                    CheckUnmarked(letter.ToString());
                    return;
                }
            }
        }
    }

    private static async Task<string> TellAsync(IAgentClient client, Envelope message)
    {
        try
        {
            var reply = await client.SendAsync(message, new SendOptions { Timeout = TimeSpan.FromSeconds(30) }, Token);
            Assert.NotNull(reply.Refusal);
            return $"{reply.Refusal.Code} {reply.Refusal.Message} {string.Join('\n', reply.Refusal.Problems ?? [])}";
        }
        catch (AgentException e)
        {
            return $"{e.Code} {e.Message}";
        }
    }

    private static void CheckUnmarked(string told)
    {
        Assert.DoesNotContain(Mark, told, StringComparison.Ordinal);
        Assert.DoesNotContain("secret of", told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", told, StringComparison.Ordinal);
    }
}

[Contract("test.pass-mark")]
public sealed record PassMark(string Mark);

[Agent("marker")]
internal sealed class MarkerAgent : Agent<AccountState>, IHandle<PassMark>
{
    public ValueTask HandleAsync(PassMark message, AgentContext context, CancellationToken cancellationToken)
    {
        context.TellJson("account/marked", "test.add", Encoding.UTF8.GetBytes($$"""{"amount":"{{message.Mark}}","{{message.Mark}}":1}"""));
        return default;
    }
}
