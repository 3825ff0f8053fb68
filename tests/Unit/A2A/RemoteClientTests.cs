using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.A2A;
using OrleansAgents.Runs;
using Xunit;

namespace OrleansAgents.Tests.A2A;

public sealed partial class RemoteClientTests : IAsyncLifetime
{
    private const string Key = "very-secret-key", Send = "SendStreamingMessage";

    private readonly ArmedTime _time = new();
    private readonly FakeLogCollector _log = new();
    private readonly RemoteHttp _http = new();
    private ScriptedAgent _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AgentMessage Hello { get; } = new("id-1", AgentRole.User, [Part.Of("hello")]);

    public async ValueTask InitializeAsync() => _agent = await ScriptedAgent.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _agent.DisposeAsync();
    }

    [Theory]
    [InlineData("JSONRPC")]
    [InlineData("HTTP+JSON")]
    public async Task Send_ByEitherBinding_SaysTheSameAndReadsWhatComes(string binding)
    {
        _agent.On(ScriptedAgent.Card, AgentSteps.Card(binding));
        _agent.Script(Send, AgentSteps.Stream(AgentSteps.Task("t1", "WORKING"), AgentSteps.Piece("t1", "a", "x", append: false), AgentSteps.Update("t1", "COMPLETED")));
        _agent.Script("SubscribeToTask", AgentSteps.Stream(AgentSteps.Task("t1", "WORKING")));
        _agent.Script("GetTask", AgentSteps.Answer(AgentSteps.Bare("t1", "FAILED", "no")));
        _agent.Script("CancelTask", AgentSteps.Error(-32002, "TASK_NOT_CANCELABLE", 400));
        var client = Create();
        await using (var events = await client.SendAsync(Hello, isStreamed: true, Token))
        {
            var read = await events.Reader.ReadAllAsync(Token).ToListAsync(Token);
            Assert.Equal(("t1", "x", AgentTaskState.Completed), (read[0].Task!.Id, read[1].ArtifactUpdate!.Artifact.Parts[0].Text, read[2].StatusUpdate!.Status.State));
        }

        await using var again = await client.FollowAsync("t1", Token);
        Assert.Equal("t1", (await again.Reader.ReadAsync(Token)).Task!.Id);
        Assert.Equal("no", (await client.GetAsync("t1", Token)).Status.Message!.Parts[0].Text);
        await client.CancelAsync("t1", Token);
        var sent = _agent.Of(Send).Single();
        Assert.Equal(("id-1", "ROLE_USER", "hello"), (sent.Message.GetProperty("messageId").GetString(), sent.Message.GetProperty("role").GetString(), sent.Message.GetProperty("parts")[0].GetProperty("text").GetString()));
        Assert.Equal(["t1", "t1", "t1"], ((string[])["SubscribeToTask", "GetTask", "CancelTask"]).Select(m => _agent.Of(m).Single().Id));
        Assert.All(_agent.Requests, r => Assert.Equal(("1.0", $"Bearer {Key}"), (r.Headers["A2A-Version"], r.Headers["Authorization"])));
    }

    [Fact]
    public async Task Send_ToOneThatDoesNotStream_GetsTheTaskAtOnce()
    {
        _agent.On(ScriptedAgent.Card, AgentSteps.Card(streaming: false)).Script("SendMessage", AgentSteps.Answer(AgentSteps.Task("t1", "SUBMITTED")));
        await using var events = await Create(o => o.KeyHeader = "X-Api-Key").SendAsync(Hello, isStreamed: true, Token);
        Assert.Equal("t1", (await events.Reader.ReadAsync(Token)).Task!.Id);
        var sent = _agent.Of("SendMessage").Single();
        Assert.True(sent.Params.GetProperty("configuration").GetProperty("returnImmediately").GetBoolean());
        Assert.Equal((Key, false), (sent.Headers["X-Api-Key"], sent.Headers.ContainsKey("Authorization")));
    }

    [Theory]
    [InlineData(500, "oops", "text/html")]
    [InlineData(503, "", "text/plain")]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{\"task\":{}}}", "application/json")]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"2\",\"result\":{\"message\":{\"messageId\":\"m\",\"role\":\"ROLE_AGENT\",\"parts\":[{\"text\":\"x\"}]}}}", "application/json")]
    [InlineData(200, "{\"jsonrpc\":", "application/json")]
    [InlineData(200, "<html>", "text/html")]
    [InlineData(200, "data: {\n\n", "text/event-stream")]
    [InlineData(200, "", "text/event-stream")]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":-32603,\"message\":\"later\"}}", "application/json")]
    public async Task Call_ThatFailsInPassing_IsRepeatedUnderTheSameId(int status, string body, string type)
    {
        _agent.Script(Send, AgentSteps.Raw(status, body, type), AgentSteps.Say("hello yourself"));
        await using var events = await AdvanceUntilAsync(Create().SendAsync(Hello, isStreamed: true, Token));
        Assert.Equal("hello yourself", (await events.Reader.ReadAsync(Token)).Message!.Parts[0].Text);
        Assert.Equal(["id-1", "id-1"], _agent.Of(Send).Select(r => r.Message.GetProperty("messageId").GetString()));
    }

    [Theory]
    [InlineData(401, "{\"error\":{\"code\":401,\"message\":\"very-secret-key is wrong\"}}", RemoteCodes.NotAuthorised)]
    [InlineData(403, "very-secret-key", RemoteCodes.NotAuthorised)]
    [InlineData(307, "", RemoteCodes.NotSupported)]
    [InlineData(400, "", RemoteCodes.Refused)]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":-32602,\"message\":\"no\"}}", RemoteCodes.Refused)]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":-32005,\"message\":\"no\"}}", RemoteCodes.Refused)]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":-32009,\"message\":\"no\"}}", RemoteCodes.NotSupported)]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":-32001,\"message\":\"no\"}}", RemoteCodes.TaskLost)]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":-32000,\"message\":\"no\"}}", RemoteCodes.Refused)]
    public async Task Call_ThatIsNotAccepted_IsNotRepeatedAndItsKeyIsInNoError(int status, string body, string code)
    {
        await using var elsewhere = await ScriptedAgent.StartAsync(Token);
        _agent.On(Send, AgentSteps.Raw(status, body, location: $"{elsewhere.Address}rpc"));
        var failed = await Assert.ThrowsAsync<RemoteException>(() => Create().SendAsync(Hello, isStreamed: true, Token));
        Assert.Equal((code, false, 1), (failed.Code, failed.IsTransient, _agent.Of(Send).Count));
        Assert.Empty(elsewhere.Requests);
        Assert.DoesNotContain(Key, failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a\\nb")]
    public async Task Task_OfAnIdThatIsNone_IsBroken(string id)
    {
        _agent.On(Send, AgentSteps.Stream(AgentSteps.Task(id, "WORKING")));
        Assert.Equal(RemoteCodes.Broken, (await Assert.ThrowsAsync<RemoteException>(() => Create(o => o.Retries = 0).SendAsync(Hello, isStreamed: true, Token))).Code);
    }

    [Fact]
    public async Task Call_ThatMeetsARateLimit_WaitsAsLongAsItIsTold()
    {
        _agent.Script(Send, async exchange =>
        {
            exchange.Response.Headers.RetryAfter = "3600";
            await AgentSteps.Raw(429, "")(exchange);
        }, AgentSteps.Say("x"));
        var send = Create().SendAsync(Hello, isStreamed: true, Token);
        // What a call may take is longer, and a pause of its own choice a lot shorter.
        var pause = await _time.FindAsync(due => due >= TimeSpan.FromMinutes(30) && due <= TimeSpan.FromHours(2), Token);
        Assert.InRange(pause, TimeSpan.FromHours(1), TimeSpan.FromHours(2));
        _time.Advance(pause - TimeSpan.FromTicks(1));
        Assert.Single(_agent.Of(Send));
        _time.Advance(TimeSpan.FromTicks(1));
        await using var events = await send;
        Assert.Equal(2, _agent.Of(Send).Count());
    }

    [Fact]
    public async Task Circuit_ThatFailedTooOften_OpensAndClosesAgain()
    {
        _agent.On(Send, AgentSteps.Raw(500, ""));
        var client = Create(o => (o.Retries, o.BreakAfter, o.BreakFor) = (0, 3, TimeSpan.FromMinutes(1)));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(RemoteCodes.Unavailable, (await Assert.ThrowsAsync<RemoteException>(() => client.SendAsync(Hello, isStreamed: true, Token))).Code);
        }

        var spared = await Assert.ThrowsAsync<RemoteException>(() => client.SendAsync(Hello, isStreamed: true, Token));
        Assert.Equal((RemoteCodes.Unavailable, true, 3), (spared.Code, spared.IsTransient, _agent.Of(Send).Count));
        Assert.InRange(spared.ToRefusal().RetryAfterMs!.Value, 1, 60_000);
        _time.Advance(TimeSpan.FromSeconds(61));
        _agent.On(Send, AgentSteps.Say("back"));
        await using (await client.SendAsync(Hello, isStreamed: true, Token))
        {
            await using var second = await client.SendAsync(Hello, isStreamed: true, Token);
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.GetSnapshot().Select(r => r.Level));
        Assert.DoesNotContain(_log.GetSnapshot(), r => r.ToString().Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ThatIsSilent_EndsWithItsTimeout()
    {
        _agent.On(Send, AgentSteps.Silence);
        var send = Create(o => (o.Retries, o.Timeout) = (0, TimeSpan.FromSeconds(20))).SendAsync(Hello, isStreamed: true, Token);
        await _agent.NextAsync(Send, Token);
        _time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(RemoteCodes.Unavailable, (await Assert.ThrowsAsync<RemoteException>(() => send)).Code);
    }

    [Fact]
    public async Task Stream_ThatIsSilentOrCut_FailsInPassing()
    {
        var cut = new TaskCompletionSource();
        _agent.Script(Send, AgentSteps.Stall(AgentSteps.Task("t1", "WORKING")), AgentSteps.Cut(cut.Task, AgentSteps.Task("t2", "WORKING")));
        var client = Create(o => o.StreamTimeout = TimeSpan.FromMinutes(5));
        await using var silent = await client.SendAsync(Hello, isStreamed: true, Token);
        Assert.Equal("t1", (await silent.Reader.ReadAsync(Token)).Task!.Id);
        var next = silent.Reader.ReadAsync(Token).AsTask();
        await AdvanceUntilAsync(next.ContinueWith(static t => t.Exception, TaskScheduler.Default), TimeSpan.FromMinutes(1));
        Assert.True(Assert.IsType<RemoteException>((await Assert.ThrowsAsync<ChannelClosedException>(() => next)).InnerException).IsTransient);
        await using var lost = await client.SendAsync(Hello, isStreamed: true, Token);
        Assert.Equal("t2", (await lost.Reader.ReadAsync(Token)).Task!.Id);
        cut.SetResult();
        Assert.True((await Assert.ThrowsAsync<RemoteException>(async () => await lost.Reader.WaitToReadAsync(Token))).IsTransient);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_LargerThanItMayBe_IsRefusedForGood(bool streaming)
    {
        _agent.On(ScriptedAgent.Card, AgentSteps.Card(streaming: streaming));
        _agent.On(Send, AgentSteps.Say(new string('x', 5000))).On("SendMessage", AgentSteps.Say(new string('x', 5000)));
        var failed = await Assert.ThrowsAsync<RemoteException>(() => Create(o => o.MaxBytes = 4096).SendAsync(Hello, isStreamed: true, Token));
        Assert.Equal((RemoteCodes.Broken, false), (failed.Code, failed.IsTransient));
    }

    private RemoteClient Create(Action<RemoteOptions>? configure = null, string name = "scripted")
    {
        var options = new RemoteOptions { Url = _agent.Address, Key = Key, Timeout = TimeSpan.FromHours(5), StreamTimeout = TimeSpan.FromHours(5) };
        configure?.Invoke(options);
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new FakeLoggerProvider(_log)));
        return new RemoteClient(name, options, _http, _time, loggers.CreateLogger("remote"));
    }

    private async Task<T> AdvanceUntilAsync<T>(Task<T> task, TimeSpan? step = null)
    {
        while (!task.IsCompleted)
        {
            Token.ThrowIfCancellationRequested();
            _time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token));
        }

        return await task;
    }

    /// <summary>A clock that tells which timers are set on it.</summary>
    private sealed class ArmedTime : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _armed.Writer.TryWrite(dueTime);
            return timer;
        }

        /// <summary>Waits until a timer of such a time is set.</summary>
        public async Task<TimeSpan> FindAsync(Func<TimeSpan, bool> isIt, CancellationToken cancellationToken)
        {
            while (true)
            {
                var due = await _armed.Reader.ReadAsync(cancellationToken);
                if (isIt(due))
                {
                    return due;
                }
            }
        }
    }
}
