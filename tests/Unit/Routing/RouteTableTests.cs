using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;
using Xunit;

namespace OrleansAgents.Tests.Routing;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"type":"quote.request"}""", true)]
    [InlineData("""{"type":"quote.*"}""", true)]
    [InlineData("""{"type":"*"}""", true)]
    [InlineData("""{"type":"quote.other"}""", false)]
    [InlineData("""{"type":"quote.request","version":1}""", true)]
    [InlineData("""{"version":2}""", false)]
    [InlineData("""{"sender":"client/a"}""", true)]
    [InlineData("""{"sender":"client/*"}""", true)]
    [InlineData("""{"sender":"client/b*"}""", false)]
    [InlineData("""{"headers":{"region":"eu"}}""", true)]
    [InlineData("""{"headers":{"region":"us"}}""", false)]
    [InlineData("""{"headers":{"other":"eu"}}""", false)]
    [InlineData("""{"payload":{"/sku":"A1"}}""", true)]
    [InlineData("""{"payload":{"/sku":"a1"}}""", false)]
    [InlineData("""{"payload":{"/count":1.0}}""", true)]
    [InlineData("""{"payload":{"/count":1e99999999999}}""", false)]
    [InlineData("""{"payload":{"/deep/0/x":null,"/sku":"A1"}}""", true)]
    [InlineData("""{"payload":{"/deep/1/x":null}}""", false)]
    [InlineData("""{"payload":{"/missing":null}}""", false)]
    [InlineData("""{"type":"quote.request","sender":"client/a","headers":{"region":"eu"},"payload":{"/ok":true}}""", true)]
    public void Find_OneRule_TakesWhatMatches(string when, bool taken)
    {
        var table = new RouteTable([Rule("r", when)]);
        using var message = new RoutedMessage(Message());
        Assert.Equal(taken, table.Find(message) is not null);
    }

    [Fact]
    public void Find_SeveralThatMatch_TakesTheLeastOrderAndThenTheFirstName()
    {
        var table = new RouteTable(
        [
            Rule("z", """{"type":"quote.request"}""") with { Order = 5 },
            Rule("b", """{"payload":{"/sku":"A1"}}""") with { Order = 1 },
            Rule("a", """{"sender":"client/*"}""") with { Order = 1 },
            Rule("no", """{"sender":"client/zz"}"""),
        ]);
        using var message = new RoutedMessage(Message());
        Assert.Equal("a", table.Find(message)?.Route.Name);
    }

    [Fact]
    public void Find_AmongManyRules_IsWhatTryingThemAllFinds()
    {
        var chance = new Random(20261123);
        for (var round = 0; round < 200; round++)
        {
            var table = new RouteTable(Enumerable.Range(0, 40).Select(i => RandomRule(chance, i)));
            using var message = new RoutedMessage(RandomMessage(chance));
            Assert.Equal(table.Routes.FirstOrDefault(r => r.Matches(message))?.Route.Name, table.Find(message)?.Route.Name);
        }
    }

    [Fact]
    public void Find_OfASealedPayload_SeesNoField()
    {
        var table = new RouteTable([Rule("field", """{"payload":{"/sku":"A1"}}"""), Rule("any", "{}") with { Order = 9 }]);
        using var message = new RoutedMessage(Message().With(new EnvelopeExtras { Encryption = new("k", "A256GCM") }));
        Assert.Equal("any", table.Find(message)?.Route.Name);
    }

    [Theory]
    [InlineData("""{"name":"","to":["a/1"]}""", "name")]
    [InlineData("""{"name":"r","to":[]}""", "'r', to")]
    [InlineData("""{"name":"r","to":["a/1","a"]}""", "'r', to/1")]
    [InlineData("""{"name":"r","to":["a/1","a/1"]}""", "twice")]
    [InlineData("""{"name":"r","to":["a/1"],"when":{"type":"Bad Type"}}""", "when/type")]
    [InlineData("""{"name":"r","to":["a/1"],"when":{"sender":"x*"}}""", "when/sender")]
    [InlineData("""{"name":"r","to":["a/1"],"when":{"version":0}}""", "when/version")]
    [InlineData("""{"name":"r","to":["a/1"],"when":{"payload":{"sku":"a"}}}""", "when/payload")]
    [InlineData("""{"name":"r","to":["a/1"],"when":{"payload":{"/sku":{}}}}""", "when/payload")]
    [InlineData("""{"name":"r","to":["a/1"],"by":"sku"}""", "by")]
    [InlineData("""{"name":"r","to":["a/1"],"enough":1}""", "enough")]
    [InlineData("""{"name":"r","to":["a/1"],"send":"quorum","enough":2}""", "enough")]
    public void Table_OfAFaultyRule_SaysWhichAndWhere(string rule, string expected)
    {
        var fault = Assert.Throws<AgentRefusedException>(() => new RouteTable([JsonSerializer.Deserialize<Route>(rule, PayloadJson.Options)!]));
        Assert.Equal(RouterCodes.BadRoute, fault.Refusal.Code);
        Assert.Contains(expected, fault.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_OfTooManyShapes_IsRefused() => Assert.Contains("combinations", Assert.Throws<AgentRefusedException>(() => new RouteTable(
        Enumerable.Range(0, RouteTable.MostShapes + 1).Select(i => Rule($"r{i}", $$$"""{"headers":{"h{{{i}}}":"x"}}""")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Order_ByHash_SpreadsAndMovesOnlyWhatMust()
    {
        string[] all = [.. Enumerable.Range(0, 10).Select(i => $"a/{i}")];
        var ten = Compile(all);
        var nine = Compile(all[..9]);
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            using var message = new RoutedMessage(Message($$"""{"customer":"c{{i}}"}"""));
            var before = ten.To[RecipientOrder.Of(ten, message, _ => 0)[0]];
            var after = nine.To[RecipientOrder.Of(nine, message, _ => 0)[0]];
            counts[Array.IndexOf(ten.To, before)]++;
            Assert.True(before == after || before == AgentId.Parse("a/9"), $"c{i} moved from {before} to {after}");
        }

        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Order_ByLoad_BeginsWithTheLeast()
    {
        var route = new CompiledRoute(new Route("r", ["a/1", "a/2", "a/3"]) { Pick = RoutePick.Least });
        using var message = new RoutedMessage(Message());
        Assert.Equal([2, 0, 1], RecipientOrder.Of(route, message, agent => agent.Key switch { "1" => 1, "2" => 5, _ => 0 }));
    }

    private static CompiledRoute Compile(string[] to) => new(new Route("r", to) { By = "/customer" });

    private static Route Rule(string name, string when) => new(name, ["a/1"]) { When = JsonSerializer.Deserialize<RouteMatch>(when, PayloadJson.Options) };

    private static Envelope Message(string payload = """{"sku":"A1","count":1,"ok":true,"deep":[{"x":null}]}""") =>
        Envelope.CreateJson("client/a", "router/r", "quote.request", Encoding.UTF8.GetBytes(payload))
            .With(new EnvelopeExtras { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["region"] = "eu" } });

    private static Route RandomRule(Random chance, int i) => new($"r{i}", ["a/1"])
    {
        Order = chance.Next(4),
        When = new RouteMatch
        {
            Type = chance.Next(4) switch { 0 => "t.a", 1 => "t.b", 2 => "t.*", _ => null },
            Sender = chance.Next(4) switch { 0 => "client/a", 1 => "client/b", 2 => "client/*", _ => null },
            Headers = chance.Next(3) == 0 ? new Dictionary<string, string>(StringComparer.Ordinal) { [chance.Next(2) == 0 ? "h" : "g"] = $"{chance.Next(2)}" } : null,
            Payload = chance.Next(2) == 0 ? new Dictionary<string, JsonElement>(StringComparer.Ordinal) { [chance.Next(2) == 0 ? "/x" : "/y"] = JsonElement.Parse($"{chance.Next(3)}") } : null,
        },
    };

    private static Envelope RandomMessage(Random chance) =>
        Envelope.CreateJson(chance.Next(2) == 0 ? "client/a" : "client/b", "router/r", chance.Next(2) == 0 ? "t.a" : "t.b",
            Encoding.UTF8.GetBytes($$"""{"x":{{chance.Next(3)}},"y":{{chance.Next(3)}}.0}"""))
            .With(new EnvelopeExtras { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["h"] = $"{chance.Next(2)}" } });
}
