using OrleansAgents.Agents;
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
