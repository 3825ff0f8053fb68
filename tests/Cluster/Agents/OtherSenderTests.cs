using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Security;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Agents;

/// <summary>A client that speaks in another's name, where rules go by that.</summary>
public sealed class OtherSenderTests(RuledCluster ruled, AgentCluster cluster) : IClassFixture<RuledCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_AnAddressThatNoRuleAdmits_IsRefusedWhereTheClientIsNot()
    {
        var mine = ruled.Cluster.Client.Topic("open/as");
        Assert.Equal(Outcome.Accepted, (await mine.PublishAsync(new Greet("you"), cancellationToken: Token)).Outcome);
        var others = ruled.Cluster.Client.As("client/nobody").Topic("open/as");
        var receipt = await others.PublishAsync(new Greet("you"), cancellationToken: Token);
        Assert.Contains("client/nobody", receipt.Refusal!.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await others.ReadAsync(TopicStart.Beginning, Token).GetAsyncEnumerator(Token).MoveNextAsync());
        Assert.Contains("client/nobody", refused.Message, StringComparison.Ordinal);
        // The client that it was made of is who it was.
        Assert.True(await mine.ReadAsync(TopicStart.Beginning, Token).GetAsyncEnumerator(Token).MoveNextAsync());
    }

    [Fact]
    public async Task As_AnotherAddress_IsTheSenderOfWhatIsPublished()
    {
        foreach (var client in (IAgentClient[])[cluster.Inside, cluster.Outside])
        {
            TopicId topic = $"as/{Guid.NewGuid():N}";
            await client.As("client/other").Topic(topic).PublishAsync(new Greet("you"), cancellationToken: Token);
            await foreach (var read in client.Topic(topic).ReadAsync(TopicStart.Beginning, Token))
            {
                Assert.Equal((AgentId)"client/other", read.Envelope.Sender);
                break;
            }
        }
    }

    [Fact]
    public void As_NoAddress_Throws() => Assert.Throws<ArgumentException>(() => cluster.Inside.As(default));
}
