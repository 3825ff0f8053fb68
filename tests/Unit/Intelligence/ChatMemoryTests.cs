using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class ChatMemoryTests
{
    private static readonly AgentId Self = new("chatty", "a");

    [Fact]
    public void IdOf_EveryPlace_IsItsOwnAndIsFoundAgain()
    {
        long[] places = [0, 1, 2, 255, 256, 1L << 31, (1L << 55) - 1];
        Assert.Equal(places.Length, places.Select(ChatMemory.IdOf).Distinct().Count());
        var memory = Fill((1, "user"), (1L << 40, "user"));
        memory.Release(ChatMemory.IdOf(1L << 40));
        Assert.Equal([1], memory.Between(0, long.MaxValue).Select(m => m.Place));
        // What is of others is passed over.
        memory.Release(MessageId.New());
        memory.Release(ChatMemory.IdOf(7));
        Assert.Equal(1, memory.Last);
    }

    [Fact]
    public void Between_MessagesThatTheStoreGaveInAnyOrder_AreInTheirs()
    {
        var memory = Fill((3, "user"), (1, "user"), (2, "assistant"), (5, "assistant"));
        Assert.Equal([2, 3], memory.Between(1, 4).Select(m => m.Place));
        Assert.Equal(5, memory.Last);
        var bytes = memory.Bytes;
        Keep(memory, 5, "assistant");
        Assert.Equal(bytes, memory.Bytes);
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(5, 3)]
    [InlineData(3, 3)]
    [InlineData(2, 5)]
    [InlineData(1, 5)]
    public void FindDropped_MoreThanMayBeKept_TakesWholeExchangesAndNoneOfTheLast(int kept, long expected)
    {
        var memory = Fill((1, "user"), (2, "assistant"), (3, "tool"), (4, "user"), (5, "assistant"), (6, "user"));
        Assert.Equal(expected, memory.FindDropped(kept, long.MaxValue, before: 6));
        Assert.Equal(5, memory.FindDropped(100, keptBytes: 1, before: 6));
    }

    [Fact]
    public void Clean_CallsWithoutIdsOrWithTheSame_GetOnesThatDiffer()
    {
        var cleaned = ChatParts.Clean(
            [
                new ChatMessage(ChatRole.Assistant,
                [
                    new FunctionCallContent("a", "x"), new FunctionCallContent("a", "y"), new FunctionCallContent("", "z"), new TextContent("t"),
                    new UsageContent(new UsageDetails()), new HostedFileContent("f"),
                ]),
                new ChatMessage(ChatRole.Assistant, [new UsageContent(new UsageDetails())]),
            ],
            round: 3);
        var contents = Assert.Single(cleaned).Contents;
        Assert.Equal(["x", "y", "z"], contents.OfType<FunctionCallContent>().Select(c => c.Name));
        Assert.Equal(3, contents.OfType<FunctionCallContent>().Select(c => c.CallId).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(4, contents.Count);
    }

    [Fact]
    public void Join_ResultsThatCameInAnyOrder_AreOneMessageInTheOrderOfTheCalls()
    {
        var joined = ChatParts.Join(
        [
            new ChatMessage(ChatRole.User, "u"),
            new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("a", "x"), new FunctionCallContent("b", "y")]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("b", 2)]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("a", 1)]),
            new ChatMessage(ChatRole.Assistant, "done"),
        ]);
        Assert.Equal(["user", "assistant", "tool", "assistant"], joined.Select(m => m.Role.Value));
        Assert.Equal(["a", "b"], joined[2].Contents.OfType<FunctionResultContent>().Select(r => r.CallId));
    }

    [Theory]
    [InlineData("""[{"text":"Yes!"}]""", "True  ")]
    [InlineData("""[{"text":" no "}]""", "False  ")]
    [InlineData("""[{"text":"yes, but later"}]""", "")]
    [InlineData("""[{"data":{"approve":true,"call":"c1"}},{"data":{"approve":false,"call":"c2","reason":"dear"}}]""", "True c1 |False c2 dear")]
    [InlineData("""[{"data":{"approve":"true"}}]""", "")]
    [InlineData("""[{"data":{"approve":true,"call":7}}]""", "")]
    [InlineData("""[{"data":[true]}]""", "")]
    public void ApprovalWord_OfASaying_IsWhatItSaysAndNoMore(string parts, string expected)
    {
        var words = ApprovalWord.Read(System.Text.Json.JsonSerializer.Deserialize<OrleansAgents.Runs.Part[]>(parts, PayloadJson.Options)!);
        Assert.Equal(expected, string.Join('|', words.Select(w => $"{w.IsApproval} {w.Call} {w.Reason}")));
    }

    private static ChatMemory Fill(params (long Place, string Role)[] messages)
    {
        var memory = new ChatMemory();
        foreach (var (place, role) in messages)
        {
            Keep(memory, place, role);
        }

        return memory;
    }

    private static void Keep(ChatMemory memory, long place, string role)
    {
        var record = new ChatKept(place, DateTimeOffset.UnixEpoch, StoredMessage.Write([new ChatMessage(new ChatRole(role), "text")]));
        Assert.True(memory.TryKeep(Envelope.Create(Self, Self, record).WithId(ChatMemory.IdOf(place)), e => e));
    }
}
