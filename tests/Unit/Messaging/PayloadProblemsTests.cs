using System.Text;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class PayloadProblemsTests
{
    private sealed record Line(string Article, int Count);

    private sealed record Address(string Street, string? Floor = null);

    [Contract("test.order")]
    private sealed record Order(string Customer, int Number, Address Address, IReadOnlyList<Line> Lines, bool Urgent = false)
    {
        public required decimal Total { get; init; }
    }

    [Theory]
    [InlineData("{}", "/payload/customer /payload/number /payload/address /payload/lines /payload/total")]
    [InlineData(
        """{"customer":1,"number":"x","address":{"floor":2},"lines":[{"article":"a","count":1},{"article":true},7],"urgent":"no","total":1}""",
        "/payload/customer /payload/number /payload/address/street /payload/address/floor /payload/lines/1/article /payload/lines/1/count /payload/lines/2 /payload/urgent")]
    [InlineData("""{"customer":"c","number":1.5,"address":[],"lines":{},"total":2}""", "/payload/number /payload/address /payload/lines")]
    [InlineData("""{"customer":"c","number":1,"address":{"street":"s"},"lines":[],"total":2,"unknown":[]}""", "")]
    [InlineData("""{"customer":"c","customer":"c"}""", "/payload")]
    [InlineData("[]", "/payload")]
    [InlineData("null", "/payload")]
    [InlineData("""{"customer":null,"number":null,"address":null,"lines":[null],"total":1}""", "/payload/customer /payload/number /payload/address")]
    [InlineData("""{"customer":"\ud800","number":1,"address":{"street":"s"},"lines":[],"total":2}""", "/payload/customer")]
    [InlineData("""{"\ud800":1,"cu\ud800omer":1}""", "/payload")]
    [InlineData("nothing", "/payload")]
    public void Find_OfAFaultyPayload_NamesEveryProblem(string json, string pointers)
    {
        var problems = PayloadProblems.Find(Json(json), Contract.Of<Order>());

        Assert.Equal(
            pointers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            problems.Select(problem => problem.Pointer).Order(StringComparer.Ordinal));
        Assert.All(problems, problem => Assert.Equal(RefusalCodes.InvalidPayload, problem.Code));
    }

    [Fact]
    public void Find_OfARecord_FindsNothing()
    {
        var order = new Order("c", 1, new Address("s"), []) { Total = 1 };

        Assert.Empty(PayloadProblems.Find(Envelope.Create("echo/s", "echo/r", order), Contract.Of<Order>()));
        Assert.Empty(PayloadProblems.Find(Json("{}"), contract: null));
    }

    private static Envelope Json(string json) => Envelope.CreateJson("echo/s", "echo/r", "test.order", Encoding.UTF8.GetBytes(json));
}
