using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Agents;

public sealed class AgentManifestTests
{
    private sealed record Nothing;

    private sealed record Texts(string[] All, IReadOnlyList<string?> Some, List<string[]>? Nested = null);

    private sealed record Members(int Count, int? Maybe, string Name, string? Alias, Colour Colour, Colour? Tint, Nothing Inner);

    private sealed record Numbers(int[] All, int?[] Some);

    private sealed record Tree(string Name, Tree[] Children);

    private enum Colour
    {
        Red,
        DarkBlue,
    }

    [Agent("named", Capabilities = ["quote", "price:fx"], Tags = ["eu"])]
    private sealed class Named : Agent;

    [Agent("bare")]
    private sealed class Bare : Agent;

    [Contract("test.work")]
    private sealed record Work;

    [Contract("test.worked")]
    private sealed record Worked;

    [Agent("working")]
    private sealed class Working : Agent, IHandle<Work>, IHandle<Worked>, IHandle<WorkFailed>, IWork<Work, Worked>
    {
        public ValueTask HandleAsync(Work message, AgentContext context, CancellationToken cancellationToken) => default;

        public ValueTask HandleAsync(Worked message, AgentContext context, CancellationToken cancellationToken) => default;

        public ValueTask HandleAsync(WorkFailed message, AgentContext context, CancellationToken cancellationToken) => default;

        public Task<Worked> WorkAsync(Work work, WorkContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    [Agent("capable", Capabilities = ["quote", "Big"])]
    private sealed class FaultyCapability : Agent;

    [Agent("tagged", Tags = ["no tag"])]
    private sealed class FaultyTag : Agent;

    [Agent("picturing", OutputModes = ["image/png; q=1"])]
    private sealed class FaultyMode : Agent;

    [Fact]
    public void Populate_OfAClassWithNames_PutsThemIntoTheManifest()
    {
        Assert.Equal(("quote price:fx", "eu"), (Populate(typeof(Named))[AgentKinds.CapabilitiesProperty], Populate(typeof(Named))[AgentKinds.TagsProperty]));
        Assert.DoesNotContain(AgentKinds.CapabilitiesProperty, Populate(typeof(Bare)));
    }

    [Fact]
    public void Populate_OfAClassThatWorks_SaysSoAndWhatItTellsItself()
    {
        var properties = Populate(typeof(Working));
        Assert.Contains(AgentKinds.WorksProperty, properties);
        Assert.DoesNotContain(AgentKinds.WorksProperty, Populate(typeof(Bare)));
        var contracts = JsonSerializer.Deserialize(properties[AgentKinds.ContractsProperty], WireJson.Default.ContractDescriptionArray)!;
        Assert.Equal([("agent.work-failed", true), ("run.over", false), ("test.work", false), ("test.worked", true)], contracts.Select(c => (c.Type, c.Own)));
    }

    [Theory]
    [InlineData(typeof(FaultyCapability), "[Agent(\"capable\", Capabilities = [\"Big\"])]", "a capability is a lower-case letter")]
    [InlineData(typeof(FaultyTag), "[Agent(\"tagged\", Tags = [\"no tag\"])]", "a tag is a lower-case letter")]
    [InlineData(typeof(FaultyMode), "[Agent(\"picturing\", OutputModes = [\"image/png; q=1\"])]", "a media type is written such as image/png")]
    public void Registration_OfAClassWithAFaultyName_SaysWhereAndHow(Type agentClass, string where, string remedy)
    {
        var fault = Assert.Throws<InvalidOperationException>(() => AgentRegistration.Of(agentClass));
        Assert.Contains(where, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Populate(Type agentClass)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        AgentManifest.Populate(HandlerTable.FindAttribute(agentClass), agentClass, auditAll: false, properties);
        return properties;
    }

    [Theory]
    [InlineData(typeof(Nothing), "{}")]
    [InlineData(typeof(Texts), """{"all":["string"],"nested":[["string"]],"some":["string|null"]}""")]
    [InlineData(typeof(Members), """{"alias":"string|null","colour":"red|darkBlue","count":"integer","inner":{},"maybe":"integer|null","name":"string","tint":"red|darkBlue|null"}""")]
    [InlineData(typeof(Numbers), """{"all":["integer"],"some":["integer|null"]}""")]
    [InlineData(typeof(Tree), """{"children":["any"],"name":"string"}""")]
    [InlineData(typeof(Dictionary<string, int>), "\"object\"")]
    [InlineData(typeof(string), "\"string\"")]
    [InlineData(typeof(List<string>), """["string"]""")]
    public void Shape_OfAType_SaysWhatTheRecordSays(Type type, string shape) => Assert.Equal(shape, AgentManifest.Shape(type));
}
