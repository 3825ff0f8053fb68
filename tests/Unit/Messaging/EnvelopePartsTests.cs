using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

/// <summary>A message that comes in parts is judged as the one in one piece that has the same parts.</summary>
public sealed class EnvelopePartsTests
{
    private static readonly AgentId Sender = new("client", "a"), Recipient = new("echo", "b");

    [Theory]
    [InlineData("{}")]
    [InlineData(" \n{ \"a\": [1, {\"b\": null}] } \t")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("[1]")]
    [InlineData("17")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{}", "Bad Type")]
    [InlineData("[]", "Bad Type", "17", 5000)]
    [InlineData("{}", "note", "17")]
    [InlineData("{}", "note", "00000000-0000-0000-0000-000000000000", 5000)]
    [InlineData("{}", "note", "0198d2f0-3c5e-8000-9a1b-2c3d4e000001", 10)]
    public void Read_OfParts_SaysWhatReadingTheWholeDoes(string payload, string type = "note", string? id = null, int conversation = 0)
    {
        var talk = conversation == 0 ? null : new string('c', conversation);
        var members = new Dictionary<string, object> { ["sender"] = Sender.ToString(), ["recipient"] = Recipient.ToString(), ["type"] = type };
        if (id is not null)
        {
            members["id"] = id;
        }

        if (talk is not null)
        {
            members["conversationId"] = talk;
        }

        var whole = JsonSerializer.Serialize(members)[..^1] + $$""","payload":{{payload}}}""";
        var limits = new MessageLimits();
        var (expected, faults) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(whole), limits);
        var (read, problems) = new EnvelopeParts(limits).Read(Sender, Recipient, type, 1, Encoding.UTF8.GetBytes(payload), id, talk);
        Assert.Equal(faults?.OrderBy(p => p.Pointer, StringComparer.Ordinal), problems?.OrderBy(p => p.Pointer, StringComparer.Ordinal));
        if (expected is not null)
        {
            Assert.Equal(
                EnvelopeJson.ToBytes(id is null ? expected.WithId(read!.Id) : expected), EnvelopeJson.ToBytes(read!));
        }
    }

    [Theory]
    [InlineData("", "malformed-json")]
    [InlineData("{", "malformed-json")]
    [InlineData("{}}", "malformed-json")]
    [InlineData("""{},"sender":"client/other","x":{}""", "malformed-json")]
    [InlineData("{} {}", "malformed-json")]
    [InlineData("{/**/}", "malformed-json")]
    public void Payload_ThatIsNoWholeValue_IsRefusedAtItsPlace(string payload, string code)
    {
        var (read, problems) = new EnvelopeParts(new MessageLimits()).Read(Sender, Recipient, "Bad Type", 1, Encoding.UTF8.GetBytes(payload), id: null, conversation: null);
        Assert.Null(read);
        Assert.Equal((code, "/payload"), (Assert.Single(problems!).Code, problems![0].Pointer));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "too-deep")]
    public void Payload_AtTheLimits_IsReadAndBeyondThemIsRefused(int beyond, string? code)
    {
        var limits = new MessageLimits();
        Assert.Equal(code, Read(Nest(limits.Depth + beyond)));
        Assert.Equal(code is null ? null : "too-large", Read($$"""{"a":"{{new string('x', limits.PayloadBytes - 8 + beyond)}}"}"""));
        Assert.Equal("invalid-utf8", Read([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']));

        string Nest(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
    }

    private static string? Read(string payload) => Read(Encoding.UTF8.GetBytes(payload));

    private static string? Read(byte[] payload) =>
        new EnvelopeParts(new MessageLimits()).Read(Sender, Recipient, "note", 1, payload, id: null, conversation: null).Problems?.Single().Code;
}
