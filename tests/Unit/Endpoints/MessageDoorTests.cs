using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Security;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

public sealed class MessageDoorTests
{
    private const string Key = "a-key-of-the-test";
    private const string Message = """{"recipient":"echo/a","type":"note","payload":{"text":"hello"}}""";

    private readonly StandIn _agents = new();
    private SignaturePolicy _policy = SignaturePolicy.External;

    [Fact]
    public async Task Message_WithAKey_ComesFromItsIdentity()
    {
        var (status, receipt, _) = await PostAsync(Message, Key);
        Assert.Equal(200, status);
        Assert.Equal((AgentId)"client/shop", _agents.Sent!.Sender);
        Assert.Equal("accepted", receipt.GetProperty("outcome").GetString());
        Assert.Equal(7, receipt.GetProperty("reply").GetProperty("value").GetInt32());
        Assert.Equal(_agents.Sent.Id.Value, receipt.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Message_ThatNamesItsOwnSender_IsTaken()
    {
        Assert.Equal(200, (await PostAsync(Message.Replace("{\"rec", "{\"sender\":\"client/shop\",\"rec", StringComparison.Ordinal), Key)).Status);
        var (status, receipt, _) = await PostAsync(Message.Replace("{\"rec", "{\"sender\":\"client/other\",\"rec", StringComparison.Ordinal), Key);
        Assert.Equal((403, "not-yours"), (status, Code(receipt)));
    }

    [Fact]
    public async Task Message_WithAWrongKeyOrNone_IsRefused()
    {
        foreach (var key in (string?[])["wrong", "", null])
        {
            var (status, receipt, headers) = await PostAsync(Message, key);
            Assert.Equal((401, "unauthenticated"), (status, Code(receipt)));
            Assert.Equal("Bearer", headers.WWWAuthenticate);
        }

        Assert.Null(_agents.Sent);
    }

    [Theory]
    [InlineData("Production", "Agents:Http:Anonymous=true", 200)]
    [InlineData("Development", "Agents:Http:Anonymous=false", 200)]
    [InlineData("Production", "Agents:Http:Anonymous=false", 401)]
    public async Task Message_WithoutCredentials_IsTakenWhereSomebodySaidSo(string environment, string setting, int expected)
    {
        Assert.Equal(expected, (await PostAsync(Message, key: null, environment, [setting])).Status);
        Assert.Equal(expected == 200 ? AgentId.Parse("client/http") : (AgentId?)null, _agents.Sent?.Sender);
        // A wrong key is no better than none.
        Assert.Equal(401, (await PostAsync(Message, "wrong", environment, [setting])).Status);
    }

    [Theory]
    [InlineData("not json", 400, "malformed-json")]
    [InlineData("{}", 400, "missing-field")]
    [InlineData("""{"recipient":"a","type":"note","payload":{}}""", 400, "bad-address")]
    public async Task Message_ThatIsNone_IsRefusedWithItsProblems(string body, int expected, string code)
    {
        var (status, receipt, _) = await PostAsync(body, Key);
        Assert.Equal((expected, code), (status, Code(receipt)));
        Assert.NotEmpty(receipt.GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task Message_WithABareName_TakesTheDefaultKindThatIsSet()
    {
        Assert.Equal(200, (await PostAsync("""{"recipient":"a","type":"note","payload":{}}""", Key, settings: ["Agents:Http:DefaultKind=echo"])).Status);
        Assert.Equal((AgentId)"echo/a", _agents.Sent!.Recipient);
    }

    [Fact]
    public async Task Message_TooLargeOrOfAnotherType_IsRefused()
    {
        var (status, receipt, _) = await PostAsync(new string(' ', new MessageLimits().MessageBytes + 1), Key);
        Assert.Equal((413, "too-large"), (status, Code(receipt)));
        (status, receipt, _) = await PostAsync(Message, Key, type: "text/plain");
        Assert.Equal((415, "unsupported-media-type"), (status, Code(receipt)));
        Assert.Equal(200, (await PostAsync(Message, Key, type: "application/json; charset=utf-8")).Status);
    }

    [Theory]
    [InlineData("unknown-kind", 404)]
    [InlineData("invalid-payload", 422)]
    [InlineData("counter.overflow", 422)]
    [InlineData("busy", 503)]
    [InlineData("no-host", 503)]
    public async Task Refusal_OfTheAgent_HasAStatusThatSaysWhatToDo(string code, int expected)
    {
        _agents.Answer = () => Reply.Refused(new Refusal(code, "no") { RetryAfterMs = 2500 });
        var (status, receipt, headers) = await PostAsync(Message, Key);
        Assert.Equal((expected, code), (status, Code(receipt)));
        Assert.Equal(expected == 503 ? "3" : "", headers.RetryAfter.ToString());
    }

    [Fact]
    public async Task Failure_OnTheWay_ShowsNothingOfTheInside()
    {
        _agents.Answer = () => throw new AgentTimeoutException(MessageId.New(), RefusalCodes.Unreachable, "no answer");
        Assert.Equal(504, (await PostAsync(Message, Key)).Status);
        _agents.Answer = () => Reply.Failed(new Refusal(RefusalCodes.HandlerFailed, "it failed"));
        Assert.Equal(500, (await PostAsync(Message, Key)).Status);
        _agents.Answer = () => throw new InvalidOperationException("a secret of the inside");
        var (status, receipt, _) = await PostAsync(Message, Key);
        Assert.Equal((504, "unreachable"), (status, Code(receipt)));
        Assert.DoesNotContain("secret", receipt.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"recipient":"echo/a","type":"note","payload":["Zx9secretQ"]}""")]
    [InlineData("""{"recipient":"echo/a","type":"note","payload":{"Zx9secretQ":}}""")]
    [InlineData("""{"recipient":"echo/a","type":"note","payload":{},"headers":{"Zx9secretQ":1}}""")]
    [InlineData("""{"recipient":"echo/a","type":"note","payload":{},"signature":{"Zx9secretQ":1}}""")]
    [InlineData("""{"recipient":"\u001b[31m\u202e","type":"note","payload":{}}""")]
    public async Task Message_ThatIsRefused_IsNotQuoted(string body)
    {
        var (status, receipt, _) = await PostAsync(body, Key);
        var told = receipt.GetRawText();
        Assert.Equal(400, status);
        Assert.DoesNotContain("Zx9secretQ", told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
        Assert.All(receipt.GetProperty("problems").EnumerateArray(), p => Assert.DoesNotContain('\u001b', p.GetProperty("message").GetString()!));
        Assert.DoesNotContain('\u202e', receipt.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Messages_FasterThanTheRate_AreRefusedWithAdvice()
    {
        using var keys = Open("Production", ["Agents:Http:Keys:0:Rate:PerSecond=1", "Agents:Http:Keys:0:Rate:Burst=2"], out var door);
        var answers = new List<(int Status, JsonElement Receipt, IHeaderDictionary Headers)>();
        for (var i = 0; i < 12; i++)
        {
            answers.Add(await PostAsync(door, Message, Key, "application/json"));
        }

        Assert.Equal([200, 200], answers[..2].Select(a => a.Status));
        var (status, receipt, headers) = answers.First(a => a.Status != 200);
        Assert.Equal((429, "rate-limited", "1"), (status, Code(receipt), headers.RetryAfter.ToString()));
        Assert.InRange(answers.Count(a => a.Status == 429), 6, 10);
    }

    private static string? Code(JsonElement receipt) => receipt.GetProperty("code").GetString();

    private async Task<(int Status, JsonElement Receipt, IHeaderDictionary Headers)> PostAsync(
        string body, string? key, string environment = "Production", string[]? settings = null, string type = "application/json")
    {
        using var keys = Open(environment, settings ?? [], out var door);
        return await PostAsync(door, body, key, type);
    }

    [Fact]
    public async Task Message_SignedAndWithoutAKey_IsLeftToTheGateAsOneFromOutside()
    {
        const string Signed = """{"sender":"client/till","recipient":"echo/a","type":"note","payload":{},"signature":{"keyId":"k","algorithm":"HMAC-SHA256","value":"00"}}""";
        var (status, _, _) = await PostAsync(Signed, key: null);
        Assert.Equal(200, status);
        Assert.True(_agents.Sent!.IsFromOutside);

        _policy = SignaturePolicy.None;
        var (unheard, receipt, _) = await PostAsync(Signed, key: null);
        Assert.Equal(401, unheard);
        Assert.Equal("unauthenticated", Code(receipt));
    }

    [Fact]
    public async Task Message_WithAKey_IsFromInside()
    {
        await PostAsync("""{"recipient":"echo/a","type":"note","payload":{}}""", Key);
        Assert.False(_agents.Sent!.IsFromOutside);
    }

    private CallerKeys Open(string environment, string[] settings, out MessageDoor door)
    {
        string[] all = ["Agents:Http:Keys:0:Id=shop", "Agents:Http:Keys:0:Identity=client/shop", $"Agents:Http:Keys:0:Sha256={CallerKeysTests.Hash(Key)}", .. settings];
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(all.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])))
            .Build();
        var options = SiloSettings.Read(configuration);
        var keys = new CallerKeys(options.Http, configuration, new FakeTimeProvider(), NullLogger<CallerKeys>.Instance);
        var callers = new HttpCallers(keys, options.Http, new HostingEnvironment { EnvironmentName = environment });
        var entrance = new HttpDoor(callers, new CallerRates(keys), Options.Create(new AgentClientOptions()), NullLogger<HttpDoor>.Instance);
        door = new MessageDoor(_agents, entrance, callers, keys, NullLogger<MessageDoor>.Instance, new ChosenPolicy(_policy));
        return keys;
    }

    private static async Task<(int Status, JsonElement Receipt, IHeaderDictionary Headers)> PostAsync(MessageDoor door, string body, string? key, string type)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.ContentType = type;
        if (key is not null)
        {
            context.Request.Headers.Authorization = $"Bearer {key}";
        }

        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await door.TakeAsync(context);
        return (context.Response.StatusCode, JsonDocument.Parse(answer.ToArray()).RootElement, context.Response.Headers);
    }

    private sealed class StandIn : IAgentClient
    {
        public Envelope? Sent { get; private set; }

        public Func<Reply> Answer { get; set; } = () => Reply.Accepted(new Dictionary<string, int>(StringComparer.Ordinal) { ["value"] = 7 });

        public IReadOnlyList<KindDescription> Kinds => [];

        public AgentId Sender => "client/stand-in";

        public RunHandle Run(string run) => throw new NotSupportedException();

        public IAgentClient As(AgentId sender) => throw new NotSupportedException();

        public AgentHandle Agent(AgentId agent) => throw new NotSupportedException();

        public TopicHandle Topic(TopicId topic) => throw new NotSupportedException();

        public ValueTask<Reply> SendAsync(Envelope envelope, SendOptions? options = null, CancellationToken cancellationToken = default)
        {
            Sent = envelope;
            return new(Answer());
        }
    }
}
