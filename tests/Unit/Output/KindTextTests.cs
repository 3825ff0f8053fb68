using OrleansAgents.Agents;
using OrleansAgents.Output;
using Xunit;

namespace OrleansAgents.Tests.Output;

public sealed class KindTextTests
{
    private static readonly KindDescription Pricer = new("pricer", Durable: false, AnyContract: false, Description: null,
    [
        new ContractDescription("price", 1, Query: false, "{}", Reply: null) { UpcastTo = 3 },
        new ContractDescription("price", 2, Query: false, "{}", Reply: null) { UpcastTo = 3 },
        new ContractDescription("price", 3, Query: false, "{}", Reply: null),
    ]);

    [Fact]
    public void Write_OfAChain_SaysForPeopleWhichVersionIsMadeWhich() => Assert.Equal(
        "pricer\n  price v1 (made v3) {}\n  price v2 (made v3) {}\n  price v3 (also made from v1, v2) {}\n", Write(json: false));

    [Fact]
    public void Write_OfAChain_SaysItForProgramsToo()
    {
        var json = Write(json: true);
        Assert.Contains("""{"type":"price","version":1,"query":false,"own":false,"upcastTo":3,"upcastFrom":[],""", json, StringComparison.Ordinal);
        Assert.Contains("""{"type":"price","version":3,"query":false,"own":false,"upcastFrom":[1,2],""", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfAKindWithNames_ListsThem()
    {
        var kind = Pricer with { Capabilities = ["price", "quote"], Tags = ["eu"], Contracts = [] };
        Assert.Equal("pricer\n  capabilities: price, quote\n  tags: eu\n", Write(json: false, kind));
        Assert.Contains("""
            "capabilities":["price","quote"],"tags":["eu"],
            """, Write(json: true, kind), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfWhatComesFromTheAgentItself_IsForProgramsOnly()
    {
        var kind = Pricer with { Contracts = [new ContractDescription("price.done", 1, Query: false, "{}", Reply: null) { Own = true }], Public = true };
        Assert.Equal("pricer (public)\n", Write(json: false, kind));
        Assert.Contains("""{"type":"price.done","version":1,"query":false,"own":true,""", Write(json: true, kind), StringComparison.Ordinal);
    }

    private static string Write(bool json, KindDescription? kind = null)
    {
        using var output = new StringWriter();
        KindText.Write(new CommandOutput(output, TextWriter.Null, json), kind ?? Pricer);
        return output.ToString().ReplaceLineEndings("\n");
    }
}
