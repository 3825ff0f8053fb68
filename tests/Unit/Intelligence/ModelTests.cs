using System.Diagnostics;
using Microsoft.Extensions.AI;
using OrleansAgents.Intelligence;
using OrleansAgents.Telemetry;
using OrleansAgents.Tests.Models;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class ModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_OfWords_BringsEachAndTheUsage()
    {
        await using var model = await ServedModel.StartAsync((_, m) => m.MaxOutputTokens = 50);
        model.Server.Script(ModelSteps.Say("Good ", "day"));
        var (text, response, end) = await model.StreamAsync(options: new ChatOptions { MaxOutputTokens = 80 });
        Assert.Null(end);
        Assert.Equal("Good day", text);
        Assert.Equal((ModelSteps.Input, ModelSteps.Output), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        var request = Assert.Single(model.Server.Requests);
        Assert.Equal($"Bearer {ServedModel.Key}", request.Authorization);
        Assert.Equal("local", request.Body.GetProperty("model").GetString());
        // The model's own limit holds, though the call asked for more.
        Assert.Contains("50", request.Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("80", request.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_ThatIsRateLimited_ComesAgainWhenTheProviderSays(bool isStreamed)
    {
        await using var model = await ServedModel.StartAsync();
        model.Server.Script(ModelSteps.Limit(17), ModelSteps.Say("Hi"));
        var call = isStreamed
            ? model.PassAsync(Task.Run(async () => (await model.StreamAsync()).Text, Token))
            : model.PassAsync(Task.Run(async () => (await model.Client.GetResponseAsync("Hello", cancellationToken: Token)).Text, Token));
        Assert.Equal("Hi", await call);
        Assert.Equal(2, model.Server.Requests.Count);
        Assert.Contains(model.Log.GetSnapshot(), l => l.Message.Contains("model.rate-limited", StringComparison.Ordinal) && l.Message.EndsWith("00:00:17", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ThatFailsInPassing_IsRepeatedAsOftenAsTold()
    {
        await using var model = await ServedModel.StartAsync((_, m) => m.Retries = 2);
        model.Server.Script(ModelSteps.Fail(500), ModelSteps.Fail(503), ModelSteps.Say("Hi"));
        Assert.Equal("Hi", (await model.PassAsync(model.StreamAsync())).Text);
        model.Server.Script(ModelSteps.Fail(500), ModelSteps.Fail(502), ModelSteps.Fail(503), ModelSteps.Say("never"));
        var end = (await model.PassAsync(model.StreamAsync())).End;
        Assert.Equal((ModelCodes.Unavailable, 6), (end?.Code, model.Server.Requests.Count));
    }

    [Fact]
    public async Task Call_WhoseRateLimitOutlastsIt_EndsAtOnce()
    {
        await using var model = await ServedModel.StartAsync((_, m) => m.Timeout = TimeSpan.FromSeconds(10));
        model.Server.Script(ModelSteps.Limit(11));
        var end = (await model.StreamAsync()).End;
        Assert.Equal((ModelCodes.RateLimited, TimeSpan.FromSeconds(11)), (end?.Code, end?.RetryAfter));
    }

    [Fact]
    public async Task Stream_ThatIsCut_EndsWithWhatWasReceivedAndIsNotRepeated()
    {
        await using var model = await ServedModel.StartAsync();
        model.Server.Script(ModelSteps.Cut("One ", "two "), ModelSteps.Say("never"));
        var (text, _, end) = await model.PassAsync(model.StreamAsync(onUpdate: model.Server.Cut));
        Assert.StartsWith("One ", text, StringComparison.Ordinal);
        Assert.Equal((ModelCodes.Broken, true), (end?.Code, end?.HasBegun));
        Assert.Single(model.Server.Requests);
    }

    [Fact]
    public async Task Stream_ThatEndsWithoutItsEnd_IsBrokenAndRepeatedOnlyBeforeTheFirstToken()
    {
        await using var model = await ServedModel.StartAsync();
        model.Server.Script(ModelSteps.Truncate("One "), ModelSteps.Truncate(), ModelSteps.Say("Hi"));
        var (text, _, end) = await model.StreamAsync();
        Assert.Equal(("One ", ModelCodes.Broken, true), (text, end?.Code, end?.HasBegun));
        Assert.Equal("Hi", (await model.PassAsync(model.StreamAsync())).Text);
        Assert.Equal(3, model.Server.Requests.Count);
    }

    [Fact]
    public async Task Stream_WithoutAFirstToken_IsGivenUpAndRepeated()
    {
        await using var model = await ServedModel.StartAsync((_, m) => m.FirstTokenTimeout = TimeSpan.FromMinutes(1));
        // The second says that an answer begins, and nothing of it.
        model.Server.Script(ModelSteps.Stall(), ModelSteps.Stall(""));
        var call = model.StreamAsync();
        await model.Server.StallsAsync(Token);
        model.Time.Advance(TimeSpan.FromMinutes(1));
        var again = model.Server.StallsAsync(Token).AsTask();
        await model.PassAsync(again);
        Assert.Equal(2, model.Server.Requests.Count);
        Assert.False(call.IsCompleted);
        model.Server.Script(ModelSteps.Say("Hi"));
        Assert.Equal("Hi", (await model.PassAsync(call, TimeSpan.FromSeconds(1))).Text);
    }

    [Fact]
    public async Task Stream_ThatPauses_EndsWithWhatWasReceivedAndIsNotRepeated()
    {
        await using var model = await ServedModel.StartAsync((_, m) => m.TokenTimeout = TimeSpan.FromSeconds(30));
        model.Server.Script(ModelSteps.Stall("One "), ModelSteps.Say("never"));
        var call = model.StreamAsync();
        await model.Server.StallsAsync(Token);
        var (text, _, end) = await model.PassAsync(call, TimeSpan.FromSeconds(1));
        Assert.Equal("One ", text);
        Assert.Equal((ModelCodes.TooSlow, true), (end?.Code, end?.HasBegun));
        Assert.Contains("TokenTimeout", end!.Message, StringComparison.Ordinal);
        Assert.Single(model.Server.Requests);
    }

    [Fact]
    public async Task Call_ThatOutlastsItsTime_EndsAndIsNotRepeated()
    {
        await using var model = await ServedModel.StartAsync((_, m) => m.Timeout = TimeSpan.FromMinutes(5));
        model.Server.Script(ModelSteps.Stall());
        var call = model.Client.GetResponseAsync("Hello", cancellationToken: Token);
        await model.Server.StallsAsync(Token);
        model.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ModelCodes.TooSlow, (await Assert.ThrowsAsync<ModelException>(() => call)).Code);
        Assert.Single(model.Server.Requests);
    }

    [Fact]
    public async Task Call_ThatIsCancelled_SaysSo()
    {
        await using var model = await ServedModel.StartAsync();
        model.Server.Script(ModelSteps.Stall());
        using var cancel = new CancellationTokenSource();
        var call = model.Client.GetResponseAsync("Hello", cancellationToken: cancel.Token);
        await model.Server.StallsAsync(Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData(401, ModelCodes.NotAuthorised)]
    [InlineData(400, ModelCodes.Refused)]
    [InlineData(404, ModelCodes.Refused)]
    public async Task Call_ThatIsNotAccepted_IsNotRepeatedAndShowsNoKey(int status, string code)
    {
        await using var model = await ServedModel.StartAsync();
        model.Server.Script(ModelSteps.Fail(status, status == 401 ? $"Wrong key {ServedModel.Key}" : "Too long."), ModelSteps.Say("never"));
        var end = (await model.PassAsync(model.StreamAsync())).End!;
        Assert.Equal((code, false), (end.Code, end.IsTransient));
        Assert.Equal(status != 401, end.Message.Contains("Too long.", StringComparison.Ordinal));
        Assert.DoesNotContain(ServedModel.Key, end.ToString() + string.Concat(model.Log.GetSnapshot().Select(l => l.Message)), StringComparison.Ordinal);
        Assert.Single(model.Server.Requests);
    }

    [Fact]
    public async Task Call_ThatIsSentElsewhere_DoesNotFollow()
    {
        await using var model = await ServedModel.StartAsync();
        model.Server.Script(ModelSteps.Move(), ModelSteps.Say("never"));
        Assert.Equal(ModelCodes.Refused, (await model.StreamAsync()).End?.Code);
        Assert.Single(model.Server.Requests);
    }

    [Fact]
    public async Task Call_OfNobody_SaysThatNobodyIsThere()
    {
        await using var model = await ServedModel.StartAsync((_, m) => (m.Endpoint, m.Retries) = (new Uri($"http://127.0.0.1:{Redis.Ports.Next()}/v1"), 0));
        Assert.Equal(ModelCodes.Unavailable, (await model.StreamAsync()).End?.Code);
    }

    [Fact]
    public async Task ToolCall_WithArgumentsThatAreNone_IsTold()
    {
        await using var model = await ServedModel.StartAsync();
        var tools = new ToolSet().Add((string city) => city, "weather");
        model.Server.Script(ModelSteps.Call("weather", """{"city":"Ulm"}"""), ModelSteps.Call("weather", """{"city":"""));
        var options = new ChatOptions { Tools = [.. tools.Tools] };
        var good = Assert.Single((await model.StreamAsync(options: options)).Response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.True(tools.TryResolve(good, out _, out var function, out _));
        Assert.Equal(("weather", "Ulm"), (function!.Name, good.Arguments!["city"]?.ToString()));
        var bad = Assert.Single((await model.StreamAsync(options: options)).Response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.False(tools.TryResolve(bad, out _, out _, out var fault));
        Assert.Contains("could not be read", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ollama_IsSpokenToo()
    {
        await using var model = await ServedModel.StartAsync((s, m) => (m.Provider, m.Endpoint, m.Key) = (OllamaModels.ProviderName, s.Address, null));
        model.Server.Script(ModelSteps.Fail(500), ModelSteps.Say("Good ", "day"));
        var (text, response, end) = await model.PassAsync(model.StreamAsync());
        Assert.Null(end);
        Assert.Equal(("Good day", ModelSteps.Input), (text, response.Usage?.InputTokenCount));
        Assert.Equal("local", model.Server.Requests[^1].Body.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trace_OfACall_HoldsWhatWasSaidOnlyWhereThatIsAskedFor(bool recordPrompts)
    {
        var name = $"tell-nobody-{recordPrompts}";
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == AgentTelemetry.ModelSourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var model = await ServedModel.StartAsync((_, m) => m.Model = name, recordPrompts);
        model.Server.Script(ModelSteps.Say("A secret"));
        await model.StreamAsync("My secret");
        Activity span;
        lock (spans)
        {
            span = Assert.Single(spans, s => Equals(s.GetTagItem("gen_ai.request.model"), name));
        }

        Assert.Equal(ModelSteps.Input, Convert.ToInt32(span.GetTagItem("gen_ai.usage.input_tokens")));
        var all = string.Concat(span.TagObjects.Select(t => $"{t.Value}")) + string.Concat(span.Events.SelectMany(e => e.Tags).Select(t => $"{t.Value}"));
        Assert.Equal(recordPrompts, all.Contains("secret", StringComparison.Ordinal));
    }
}
