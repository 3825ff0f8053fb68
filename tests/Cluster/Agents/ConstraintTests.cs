using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Agents;

/// <summary>What contracts demand of payloads beyond being their records.</summary>
public sealed class ConstraintTests(AgentCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_ATypedRecordThatBreaksARule_IsRefusedBeforeItsHandler(bool outside)
    {
        var post = (outside ? cluster.Outside : cluster.Inside).Agent($"post/typed-{outside}");
        Assert.Equal(new ParcelTaken(1, 5), await post.AskAsync(new Parcel3(5, "FR"), cancellationToken: Token));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await post.AskAsync(new Parcel3(987654, "france"), cancellationToken: Token));
        Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
        Assert.Equal(["/payload/country", "/payload/grams"], refused.Refusal.Problems!.Select(p => p.Pointer).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("987654", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("france", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await post.AskAsync(new Parcel3(5, "FR"), cancellationToken: Token)).Handled);
    }

    [Theory]
    [InlineData(1, """{"weight":31}""", "test.parcel v1", "/payload/weight")]
    [InlineData(3, """{"grams":0,"country":"DE"}""", "test.parcel v3", "/payload/grams")]
    [InlineData(3, """{"grams":1,"country":"de"}""", "test.parcel v3", "/payload/country")]
    public async Task Ask_Json_IsHeldToTheVersionThatItNames(int version, string payload, string contract, string pointer)
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Outside.Agent("post/json").AskJsonAsync("test.parcel", Encoding.UTF8.GetBytes(payload), version, cancellationToken: Token));
        var problem = Assert.Single(refused.Refusal.Problems!);
        Assert.Equal((RefusalCodes.InvalidPayload, pointer), (problem.Code, problem.Pointer));
        Assert.Contains(contract, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_OlderVersionsThatKeepTheirRules_AreMadeTheNewestStepByStep()
    {
        foreach (var client in new[] { cluster.Outside, cluster.Inside })
        {
            Assert.Equal(2000, (await client.Agent("post/older").AskAsync(new Parcel1(2), cancellationToken: Token)).Grams);
            Assert.Equal(7, (await client.Agent("post/older").AskAsync(new Parcel2(7), cancellationToken: Token)).Grams);
        }
    }

    [Fact]
    public void Kinds_OfAChain_SayWhatIsMadeWhatAndHaveTheSchemas()
    {
        var post = Assert.Single(cluster.Outside.Kinds, k => k.Kind == "post");
        Assert.Equal([(1, 3), (2, 3), (3, null)], post.Contracts.Select(c => (c.Version, c.UpcastTo)));
        var kinds = cluster.Cluster.Client.ServiceProvider.GetRequiredService<AgentKinds>();
        var schemas = kinds.FindSchemas("post");
        Assert.Equal([(1, ""), (2, "1"), (3, "2")], schemas.Select(s => (s.Version, string.Join(',', s.UpcastFrom))));
        Assert.Equal(30, (decimal)schemas[0].Payload["properties"]!["weight"]!["maximum"]!);
        Assert.NotNull(schemas[0].Reply);
        Assert.Empty(kinds.FindSchemas("nobody"));
        Assert.All(cluster.Outside.Kinds, k => Assert.Equal(
            k.Contracts.Select(c => (c.Type, c.Version)), kinds.FindSchemas(k.Kind).Select(s => (s.Type, s.Version))));
    }
}
