using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>Tools that the model of an agent calls.</summary>
public sealed class ChatToolTests(ChatCluster chat) : IClassFixture<ChatCluster>
{
    private const string Launch = "call Launch {\"what\":\"It\"}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tools_OfOneAnswer_AreCalledSideBySideAndTheirResultsKept()
    {
        var said = await chat.SayAsync("a", "call Weather {\"city\":\"Ulm\"}\ncall abacus__abacus_up {\"by\":2}");
        Assert.Contains("Rain in Ulm.", said.Text, StringComparison.Ordinal);
        Assert.Contains("""{"count":2}""", said.Text, StringComparison.Ordinal);
        Assert.Equal(2, await chat.CountAsync("a"));
        var call = Assert.Single(ChattyAgent.Calls["a"]);
        Assert.Equal(("chatty/a", "client/test"), (call.Agent.ToString(), call.Identity.ToString()));
        Assert.Equal("user assistant tool tool assistant", ChatCluster.Shape(await chat.ReadAsync("a")));
    }

    [Theory]
    [InlineData("tool", "There is no tool 'nothing'")]
    [InlineData("json", "could not be read")]
    [InlineData("payload", "Error (invalid-payload)")]
    [InlineData("arguments", "do not fit")]
    public async Task Mistakes_OfTheModel_AreToldToItSoOftenAndNoMore(string what, string told)
    {
        var said = await chat.SayAsync($"wrong-{what}", $"wrong {what} 2");
        Assert.StartsWith(OfflineChatClient.Greeting, said.Text, StringComparison.Ordinal);
        var shown = chat.Model.Calls.Last(c => c.Messages.Any(m => m.Text == $"wrong {what} 2")).Messages;
        Assert.Equal(2, shown.Count(m => m.Contents.OfType<Microsoft.Extensions.AI.FunctionResultContent>().Any(r => r.Result!.ToString()!.Contains(told, StringComparison.Ordinal))));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => chat.SayAsync($"wrong-{what}", $"wrong {what} 9"));
        Assert.Equal(ChatCodes.TooManyFaults, refused.Code);
        ChatCluster.Shape(await chat.ReadAsync($"wrong-{what}"));
        Assert.Equal(0, await chat.CountAsync($"wrong-{what}"));
    }

    [Fact]
    public async Task Rounds_BeyondTheLimit_EndTheAnswerAndWhatWasDoneIsRemembered()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => chat.SayAsync("b", "wrong weather 9"));
        Assert.Equal(ChatCodes.TooManyRounds, refused.Code);
        // In the last round it was told to call nothing.
        Assert.IsType<Microsoft.Extensions.AI.NoneChatToolMode>(chat.Model.Calls.Last(c => c.Messages.Any(m => m.Text == "wrong weather 9")).Options!.ToolMode);
        var page = await chat.ReadAsync("b");
        Assert.StartsWith("(There was no answer:", page.Messages[^1].Parts[0].Text, StringComparison.Ordinal);
        ChatCluster.Shape(page);
    }

    [Fact]
    public async Task Results_ThatFillTheWindow_LeaveTheQuestionInIt()
    {
        const string Question = "What of the weather?\ncall Weather {\"city\":\"Ulm\"}\ncall Weather {\"city\":\"Bonn\"}\ncall abacus__abacus_up {\"by\":1}\ncall Long";
        await chat.SayAsync("small-question", Question);
        var shown = chat.Model.Calls.Last(c => c.Messages.Any(m => m.Text == Question)).Messages;
        Assert.Equal(["system", "user", "assistant", "tool"], shown.Select(m => m.Role.Value));
        Assert.Equal(4, shown[^1].Contents.Count);
    }

    [Fact]
    public async Task Tool_ThatFails_IsToldWithoutWhatItThrew()
    {
        var said = await chat.SayAsync("c", "call Broken");
        Assert.Contains("Broken failed (InvalidOperationException).", said.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_ThatDoesNotAnswer_IsNotWaitedFor() =>
        Assert.Contains("Hang did not answer within 00:00:00.05", (await chat.SayAsync("hasty", "call Hang")).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("few", "call Weather {\"city\":\"Ulm\"}", ChatCodes.TooManyTokens)]
    [InlineData("short", "stall short in 1", RefusalCodes.DeadlineExceeded)]
    public async Task Limits_OfOneAnswer_EndItWithTheirCode(string key, string text, string code)
    {
        var run = await (await chat.StartRunAsync(key, text)).WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Failed, code), (run.State, run.Code));
        ChatCluster.Shape(await chat.ReadAsync(key));
    }

    [Fact]
    public async Task Tool_ThatWaitsForTheAnswerItself_IsRefusedAtOnce() =>
        Assert.Contains("waits for this answer itself", (await chat.SayAsync("d", "call chatty__chat_say {\"parts\":[{\"text\":\"hello\"}]}")).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Approval_OutsideARun_CannotBeHad() =>
        Assert.Contains("needs the approval of a person", (await chat.SayAsync("e", Launch)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Approval_InARun_IsAskedOfItsOwnerAndSurvivesACrash()
    {
        var run = await chat.StartRunAsync("f", $"{Launch}\ncall Launch {{\"what\":\"That\"}}");
        var asked = await run.WaitAsync(cancellationToken: Token);
        Assert.Equal((RunState.InputRequired, "Launch", "offline-1"), (asked.State, Member(asked, 1, "tool"), Member(asked, 1, "call")));
        await chat.Cluster.RestartAgentAsync("chatty/f");
        await run.SayAsync("perhaps", Token);
        await UntilAskedAsync(run);
        await run.SayAsync([Part.OfData(new { approve = false, call = "offline-2", reason = "Not that." })], Token);
        await UntilAskedAsync(run);
        await run.SayAsync([Part.OfData(new { approve = true, call = "offline-1" })], Token);
        var done = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal(RunState.Completed, done.State);
        var text = done.Artifacts[0].Parts[0].Text!;
        Assert.Contains("It is launched.", text, StringComparison.Ordinal);
        Assert.Contains("did not agree to this call. Not that.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("That is launched.", text, StringComparison.Ordinal);
        var all = await chat.StartRunAsync("f", Launch);
        await all.WaitAsync(cancellationToken: Token);
        await all.SayAsync("Yes.", Token);
        Assert.Contains("It is launched.", (await all.WaitAsync(untilFinal: true, Token)).Artifacts[0].Parts[0].Text, StringComparison.Ordinal);

        static string? Member(RunSnapshot run, int part, string name) => run.Message!.Parts[part].Data!.Value.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Run_CancelledWhileApprovalIsAsked_LeavesAWholeMemory()
    {
        var run = await chat.StartRunAsync("g", $"call abacus__abacus_up {{\"by\":1}}\n{Launch}");
        await run.WaitAsync(cancellationToken: Token);
        await run.CancelAsync(Token);
        await chat.SayAsync("g", "after");
        Assert.Equal("user assistant tool tool assistant user assistant", ChatCluster.Shape(await chat.ReadAsync("g")));
        Assert.Equal(1, await chat.CountAsync("g"));
    }

    [Fact]
    public async Task Result_ThatIsStored_IsNotAskedForAgainAfterACrash()
    {
        var asked = chat.SayAsync("h", "call Weather {\"city\":\"Ulm\"}\ncall abacus__abacus_up {\"by\":1}\nstall hugo in 2");
        await ChatCluster.StalledAsync(chat.Model, "hugo");
        await chat.Agent("h").StopAsync(cancellationToken: Token);
        await TestModel.Signal(chat.Model.Stopped, "hugo").Task.WaitAsync(Token);
        TestModel.Signal(chat.Model.Gates, "hugo").SetResult();
        Assert.Equal("Let me see.", (await asked).Text);
        Assert.Single(ChattyAgent.Calls["h"]);
        Assert.Equal(1, await chat.CountAsync("h"));
    }

    [Fact]
    public async Task Spans_OfAnAnswer_AreBelowTheMessageTheyAreFor()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is AgentTelemetry.SourceName or AgentTelemetry.ModelSourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await chat.SayAsync("spans", "call Weather {\"city\":\"Ulm\"}\ncall abacus__abacus_up {\"by\":1}");
        var invoke = spans.Single(s => s.OperationName == "invoke_agent chatty" && (string?)s.GetTagItem("gen_ai.agent.id") == "chatty/spans");
        var turn = spans.Single(s => s.SpanId == invoke.ParentSpanId);
        Assert.Contains("chat.say", turn.OperationName + turn.DisplayName, StringComparison.Ordinal);
        var below = spans.Where(s => s.ParentSpanId == invoke.SpanId).Select(s => s.OperationName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, below.Count(n => n.StartsWith("chat", StringComparison.Ordinal)));
        Assert.Contains("execute_tool Weather", below);
        Assert.Contains("execute_tool abacus__abacus_up", below);
        var tool = spans.Single(s => s.OperationName == "execute_tool abacus__abacus_up" && s.TraceId == invoke.TraceId);
        Assert.Contains(spans, s => s.ParentSpanId == tool.SpanId && s.DisplayName.Contains("abacus.up", StringComparison.Ordinal));
        Assert.True((long)invoke.GetTagItem("gen_ai.usage.output_tokens")! > 0);
    }

    [Fact]
    public async Task Metrics_OfTools_CountCallsByOutcomeAndWhatWasNotCalledWithoutItsMadeUpName()
    {
        var measured = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == AgentTelemetry.MeterName && instrument.Name.StartsWith("agents.tool.", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, tags, value >= 0));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, tags, value == 1));
        listener.Start();
        var agent = chat.Cluster.Client.Agent("measured/metrics");
        await SayAsync("call Weather {\"city\":\"Ulm\"}\ncall abacus__abacus_up {\"by\":1}\ncall Broken");
        await SayAsync("wrong tool 1");
        await SayAsync("wrong json 1");
        await SayAsync("wrong payload 1");
        await SayAsync(Launch);
        await SayAsync("call measured__chat_say {\"parts\":[{\"text\":\"hello\"}]}");
        var declined = await StartAsync(Launch);
        await declined.WaitAsync(cancellationToken: Token);
        await declined.SayAsync("No.", Token);
        await declined.WaitAsync(untilFinal: true, Token);
        var hanging = await StartAsync("call Hang");
        while ((await agent.AskAsync(new ChatHistory(), cancellationToken: Token)).Messages[^1].Role != "assistant" || (await hanging.ReadAsync(cancellationToken: Token)).State != RunState.Working)
        {
            Token.ThrowIfCancellationRequested();
        }

        await hanging.CancelAsync(Token);
        await chat.Cluster.IdleAsync(cancellationToken: Token);
        string[] expected =
        [
            "agents.tool.duration Broken failed", "agents.tool.duration Hang cancelled", "agents.tool.duration Weather accepted", "agents.tool.duration abacus__abacus_up accepted",
            "agents.tool.duration abacus__abacus_up refused", "agents.tool.refusals Launch declined", "agents.tool.refusals Launch unapprovable",
            "agents.tool.refusals Weather unreadable", "agents.tool.refusals _OTHER unknown", "agents.tool.refusals measured__chat_say cycle",
        ];
        Assert.Equal(expected, measured.Order(StringComparer.Ordinal));

        Task<ChatSaid> SayAsync(string text) => agent.AskAsync(ChatSay.Of(text), cancellationToken: Token).AsTask();

        ValueTask<RunHandle> StartAsync(string text) => chat.Cluster.Client.StartAsync("measured/metrics", ChatSay.Of(text), cancellationToken: Token);

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool isRight)
        {
            Assert.Equal("agent.kind", tags[0].Key);
            if (Equals(tags[0].Value, "measured"))
            {
                measured.Enqueue($"{instrument.Name} {tags[1].Value} {tags[2].Value}{(isRight ? "" : " wrong")}");
            }
        }
    }

    private static async Task UntilAskedAsync(RunHandle run)
    {
        while ((await run.ReadAsync(cancellationToken: Token)).State != RunState.InputRequired)
        {
            Token.ThrowIfCancellationRequested();
        }
    }
}
