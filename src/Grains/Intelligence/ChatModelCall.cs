using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>One call of a chat agent's model: what it may cost is set aside, it is streamed, and whatever becomes of it is told.</summary>
internal sealed class ChatModelCall(ChatSetup setup, ChatBudget budget, RunWriter? run, TimeProvider time)
{
    private static readonly JsonElement Nothing = JsonElement.Parse("[]");

    private readonly List<ChatResponseUpdate> _heard = [];
    private int _input;
    private bool _isCalled;

    /// <summary>Calls the model.</summary>
    /// <param name="prepare">Makes what it is shown of the tools there are.</param>
    /// <param name="until">When its time is over.</param>
    /// <param name="round">A number for calls to which the model gives no id.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<ChatThought> RunAsync(
        Func<ToolSet, (IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> prepare, DateTimeOffset until, int round, CancellationToken stop)
    {
        var left = until - time.GetUtcNow();
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var tools = await setup.ListToolsAsync(either.Token);
            var (messages, options) = prepare(tools);
            await HearAsync(messages, options, either.Token);
            return await ReadAsync(tools, round, either.Token);
        }
        catch (ModelException e)
        {
            return Fault(e.Code, e.Message);
        }
        catch (AgentRefusedException e) when (!RefusalCodes.IsTransient(e.Code))
        {
            return Fault(e.Code, e.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return Fault(RefusalCodes.DeadlineExceeded, "The time for the answer was over while the model was called.");
        }
    }

    private async Task HearAsync(IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        _input = TokenEstimate.Of(messages, options);
        await budget.ReserveAsync(Spend(_input, setup.MostOutput), isForTools: false, cancellationToken);
        _isCalled = true;
        await foreach (var update in setup.Client.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            _heard.Add(update);
            if (run is not null && update.Text is { Length: > 0 } text)
            {
                await run.WriteAsync(text, ChatAgent.AnswerArtifact, cancellationToken);
            }
        }
    }

    private async Task<ChatThought> ReadAsync(ToolSet tools, int round, CancellationToken cancellationToken)
    {
        var response = _heard.ToChatResponse();
        var messages = ChatParts.Clean(response.Messages, round);
        ToolWish[] wishes = [.. messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => ChatSetup.Resolve(tools, c, c.CallId))];
        var output = response.Usage?.OutputTokenCount ?? TokenEstimate.Of(messages);
        var input = response.Usage?.InputTokenCount ?? _input;
        var calls = wishes.Count(w => w.Fault is null);
        try
        {
            if (calls > 0)
            {
                await budget.ReserveAsync(new Spending(ToolCalls: calls), isForTools: true, cancellationToken);
            }
        }
        catch (AgentRefusedException e) when (!RefusalCodes.IsTransient(e.Code))
        {
            return new ChatThought(Nothing, [], budget.Settle(Spend(input, output), tools: 0), input, output, Writer: null, e.Code, e.Message);
        }

        return new ChatThought(StoredMessage.Write(messages), wishes, budget.Settle(Spend(input, output), calls), input, output, run?.Writer);
    }

    /// <summary>What was heard before it broke off may have to be paid for.</summary>
    private ChatThought Fault(string code, string reason)
    {
        var output = TokenEstimate.Of(_heard.ToChatResponse().Messages);
        var input = _heard.Count > 0 ? _input : 0;
        var spent = _isCalled ? Spend(input, _heard.Count > 0 ? output : 0) : Spending.None;
        return new ChatThought(Nothing, [], budget.Settle(spent, tools: 0), input, spent == Spending.None ? 0 : spent.Tokens - input, Writer: null, code, reason);
    }

    private Spending Spend(long input, long output) => new(input + output, setup.Prices.CostOf(input, output), Calls: 1);
}
