using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using OrleansAgents.Intelligence;
using OrleansAgents.Tests.Models;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>Answers of an agent of the framework that thinks with a model, and keeps what was said in its session.</summary>
public sealed class HostedCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_OfAnAgentThatThinks_HasWhatWasSaidBefore()
    {
        await using var model = await ServedModel.StartAsync();
        model.Server.Script(ModelSteps.Say("Good ", "day."), ModelSteps.Say("You ", "said hello."));
        var first = await AnswerAsync(model, stored: null, "Hello");
        Assert.Equal("Good day.", Assert.Single(first.Said).Text);
        // As a store gives it back.
        var second = await AnswerAsync(model, JsonElement.Parse(first.Session!.Value.GetRawText()), "What did I say?");
        Assert.Equal("You said hello.", Assert.Single(second.Said).Text);
        Assert.Equal(["Hello", "Good day.", "What did I say?"], model.Server.Requests[1].Body.GetProperty("messages").EnumerateArray().Select(Text));
    }

    [Fact]
    public async Task Failure_OfItsModel_IsToldWithTheModelsCode()
    {
        await using var model = await ServedModel.StartAsync((_, m) => m.Retries = 0);
        model.Server.Script(ModelSteps.Fail(401));
        var failed = await AnswerAsync(model, stored: null, "Hello");
        Assert.Equal((ModelCodes.NotAuthorised, null), (failed.Code, failed.Session));
    }

    private static async Task<HostedAnswered> AnswerAsync(ServedModel model, JsonElement? stored, string said)
    {
        var call = new HostedCall(new ThinkingAgent(model.Client), run: null, HostedAIAgentOptions.Default, model.Time);
        return await call.RunAsync(stored, new ChatMessage(ChatRole.User, said), told: null, Token);
    }

    private static string? Text(JsonElement message) =>
        message.GetProperty("content") is { ValueKind: JsonValueKind.String } text ? text.GetString() : message.GetProperty("content")[0].GetProperty("text").GetString();

    /// <summary>What a user might write with the framework's abstractions alone.</summary>
    private sealed class ThinkingAgent(IChatClient model) : AIAgent
    {
        private const string History = "history";

        protected override ValueTask<AgentSession> CreateSessionCoreAsync(CancellationToken cancellationToken = default) => new(new Session(new AgentSessionStateBag()));

        protected override ValueTask<JsonElement> SerializeSessionCoreAsync(AgentSession session, JsonSerializerOptions? jsonSerializerOptions = null, CancellationToken cancellationToken = default) =>
            new(session.StateBag.Serialize());

        protected override ValueTask<AgentSession> DeserializeSessionCoreAsync(JsonElement serializedState, JsonSerializerOptions? jsonSerializerOptions = null, CancellationToken cancellationToken = default) =>
            new(new Session(AgentSessionStateBag.Deserialize(serializedState)));

        protected override Task<AgentResponse> RunCoreAsync(
            IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        protected override async IAsyncEnumerable<AgentResponseUpdate> RunCoreStreamingAsync(
            IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            List<ChatMessage> history = [.. session!.StateBag.GetValue<List<ChatMessage>>(History) ?? [], .. messages];
            var heard = new List<ChatResponseUpdate>();
            await foreach (var update in model.GetStreamingResponseAsync(history, cancellationToken: cancellationToken))
            {
                heard.Add(update);
                yield return new AgentResponseUpdate(update);
            }

            session.StateBag.SetValue<List<ChatMessage>>(History, [.. history, .. heard.ToChatResponse().Messages]);
        }

        private sealed class Session(AgentSessionStateBag bag) : AgentSession(bag);
    }
}
