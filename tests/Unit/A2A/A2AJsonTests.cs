using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansAgents.A2A;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using Xunit;

namespace OrleansAgents.Tests.A2A;

public sealed class A2AJsonTests
{
    private const string Message = """{"messageId":"m","role":"ROLE_USER","parts":[{"text":"hello"}]}""";

    [Theory]
    [InlineData("""{"task":{"id":"1","status":{"state":"TASK_STATE_INPUT_REQUIRED","timestamp":"2026-01-31T12:00:00.500Z"},"contextId":"c"}}""")]
    [InlineData("""{"task":{"id":"1","status":{"state":"TASK_STATE_COMPLETED","message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"x"}]}},"artifacts":[{"artifactId":"a","parts":[{"text":"x"}]}],"history":[{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}]}]}}""")]
    [InlineData("""{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"a"},{"raw":"AQI=","filename":"x","mediaType":"image/png"},{"url":"https://a.example/"},{"data":null},{"data":[1,{"b":2}],"metadata":{"c":"d"}}],"contextId":"c","taskId":"t","metadata":{"e":1},"extensions":["https://e.example"],"referenceTaskIds":["u"]}}""")]
    [InlineData("""{"statusUpdate":{"taskId":"1","contextId":"c","status":{"state":"TASK_STATE_WORKING"}}}""")]
    [InlineData("""{"artifactUpdate":{"taskId":"1","contextId":"c","artifact":{"artifactId":"a","parts":[{"text":"x"}]},"append":true,"lastChunk":true}}""")]
    [InlineData("""{"artifactUpdate":{"taskId":"1","contextId":"c","artifact":{"artifactId":"a","parts":[{"text":"x"}],"name":"n"}}}""")]
    public void StreamResponse_ReadAndWritten_IsTheSame(string json) =>
        Assert.Equal(json, Write(Read(json, A2AJson.Default.StreamResponse), A2AJson.Default.StreamResponse));

    [Fact]
    public void Card_ReadAndWritten_IsTheSame()
    {
        const string Json = """{"name":"n","description":"d","version":"1","supportedInterfaces":[{"url":"https://a.example/a2a","protocolBinding":"JSONRPC","protocolVersion":"1.0"}],"capabilities":{"streaming":true,"pushNotifications":false,"extensions":[{"uri":"https://e.example","required":true}]},"defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],"skills":[{"id":"s","name":"s","description":"s","tags":["t"]}],"securitySchemes":{"bearer":{"httpAuthSecurityScheme":{"scheme":"Bearer"}},"other":{"oauth2SecurityScheme":{"flows":{}}}},"securityRequirements":[{"schemes":{"bearer":{"list":[]}}}]}""";

        Assert.Equal(Json, Write(Read(Json, A2AJson.Default.AgentCard), A2AJson.Default.AgentCard));
    }

    [Fact]
    public void Errors_OfBothBindings_AreReadAndWritten()
    {
        const string Rpc = """{"code":-32001,"message":"m","data":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"TASK_NOT_FOUND","domain":"a2a-protocol.org"}]}""";
        const string Http = """{"error":{"code":404,"message":"m","status":"NOT_FOUND","details":[{"@type":"other","fieldViolations":[{"field":"f","description":"d"}]}]}}""";

        Assert.Equal(Rpc, Write(Read(Rpc, A2AJson.Default.RpcError), A2AJson.Default.RpcError));
        Assert.Equal(Http, Write(Read(Http, A2AJson.Default.HttpErrorBody), A2AJson.Default.HttpErrorBody));
    }

    [Fact]
    public void Request_WithNullsUnknownMembersAndNumbersAsText_IsRead()
    {
        var read = Read(
            $$"""{"tenant":null,"new":{"x":[1]},"message":{{Message}},"configuration":{"historyLength":"3","returnImmediately":null,"acceptedOutputModes":null} }""",
            A2AJson.Default.SendMessageRequest);

        Assert.Equal(3, read.Configuration!.HistoryLength);
        Assert.False(read.Configuration.ReturnImmediately);
        Assert.Equal("hello", read.Message.Parts[0].Text);
    }

    [Theory]
    [InlineData("\"TASK_STATE_COMPLETED\"", AgentTaskState.Completed)]
    [InlineData("3", AgentTaskState.Completed)]
    [InlineData("null", AgentTaskState.Unspecified)]
    public void State_AsProtoJsonHasIt_IsRead(string state, object expected) =>
        Assert.Equal(expected, Read($$"""{"state":{{state}}}""", A2AJson.Default.AgentTaskStatus).State);

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z")]
    [InlineData("2026-01-31T12:00:00.1234567+02:00", "2026-01-31T10:00:00.123Z")]
    public void Timestamp_OfAnyOffset_IsWrittenInUtc(string text, string expected)
    {
        var status = Read($$"""{"state":1,"timestamp":"{{text}}"}""", A2AJson.Default.AgentTaskStatus);

        Assert.Equal($$"""{"state":"TASK_STATE_SUBMITTED","timestamp":"{{expected}}"}""", Write(status, A2AJson.Default.AgentTaskStatus));
    }

    [Theory]
    [InlineData("-_8", "+/8=")]
    [InlineData("AQ==", "AQ==")]
    [InlineData("", "")]
    public void Raw_OfAnyBase64_IsWrittenAsTheUsual(string raw, string expected)
    {
        var part = Read($$"""{"messageId":"m","role":1,"parts":[{"raw":"{{raw}}"}]}""", A2AJson.Default.AgentMessage).Parts[0];

        Assert.Equal(expected, part.Raw);
    }

    [Theory]
    [InlineData("""{"messageId":"m","role":"user","parts":[]}""")]
    [InlineData("""{"messageId":"m","role":7,"parts":[]}""")]
    [InlineData("""{"role":1,"parts":[]}""")]
    [InlineData("""{"messageId":null,"role":1,"parts":[]}""")]
    [InlineData("""{"messageId":"m","messageId":"m","role":1,"parts":[]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[null]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[{}]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[{"text":"a","url":"b"}]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[{"text":"a","text":"b"}]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[{"text":1}]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[{"raw":"a b c"}]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[{"data":{"a":1,"a":2}}]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[{"text":"a","metadata":1}]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[],"metadata":[]}""")]
    [InlineData("""{"messageId":"m","role":1,"parts":[],"extensions":[null]}""")]
    public void Message_ThatIsNone_IsRefused(string json) => Assert.Throws<JsonException>(() => Read(json, A2AJson.Default.AgentMessage));

    [Fact]
    public void Task_WithNullInItsHistory_IsRefused() =>
        Assert.Throws<JsonException>(() => Read("""{"id":"1","status":{"state":1},"history":[null]}""", A2AJson.Default.AgentTask));

    [Theory]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31")]
    [InlineData("31 January 2026 12:00Z")]
    [InlineData("2026-02-30T12:00:00Z")]
    public void Timestamp_ThatIsNone_IsRefused(string text) =>
        Assert.Throws<JsonException>(() => Read($$"""{"state":1,"timestamp":"{{text}}"}""", A2AJson.Default.AgentTaskStatus));

    [Fact]
    public void Data_DeeperThanAMessageMayBe_IsRefused()
    {
        var deep = new string('[', 80) + new string(']', 80);

        Assert.Throws<JsonException>(() => Read($$"""{"messageId":"m","role":1,"parts":[{"data":{{deep}}}]}""", A2AJson.Default.AgentMessage));
    }

    [Fact]
    public void Part_OfJsonsNull_StaysItWhereRunsAreStored()
    {
        var part = Read("""{"messageId":"m","role":1,"parts":[{"data":null}]}""", A2AJson.Default.AgentMessage).Parts[0];

        var kept = JsonSerializer.Deserialize<Part>(JsonSerializer.Serialize(part, PayloadJson.Options), PayloadJson.Options)!;

        Assert.Equal(JsonValueKind.Null, kept.Data!.Value.ValueKind);
        Assert.Null(kept.FindFault());
    }

    [Theory]
    [InlineData("1.0", true)]
    [InlineData(" 1.0.7 ", true)]
    [InlineData("1.1", false)]
    [InlineData("1.0x", false)]
    [InlineData("1.0.x", false)]
    [InlineData("0.3", false)]
    [InlineData("", false)]
    public void Version_WithAnyPatch_IsSpoken(string version, bool expected) => Assert.Equal(expected, A2AProtocol.Speaks(version));

    [Fact]
    public void PushConfig_AsText_HasNoSecret()
    {
        var text = new PushConfig("https://a.example/secret", "t", "c", "token-x", new PushAuthentication("Bearer", "credentials-x")).ToString();

        Assert.DoesNotContain("token-x", text, StringComparison.Ordinal);
        Assert.DoesNotContain("credentials-x", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    private static T Read<T>(string json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), type)!;

    private static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
