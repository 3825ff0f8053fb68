using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>One call of a chat agent's model: what it may cost is set aside, it is streamed, and whatever becomes of it is told.</summary>
internal sealed partial class ChatModelCall(AgentHost host, ChatSetup setup, ChatBudget budget, RunWriter? run)
{
    private static readonly JsonElement Nothing = JsonElement.Parse("[]");

    private readonly List<ChatResponseUpdate> _heard = [];
    private readonly CancellationTokenSource _withdrawn = new();
    private int _input;
    private bool _isCalled, _isModels;

    /// <summary>Calls the model.</summary>
    /// <param name="prepare">Makes what it is shown of the tools there are.</param>
    /// <param name="until">When its time is over.</param>
    /// <param name="round">A number for calls to which the model gives no id.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<ChatThought> RunAsync(
        Func<ToolSet, (IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> prepare, DateTimeOffset until, int round, CancellationToken stop)
    {
        var left = until - host.Time.GetUtcNow();
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, host.Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, _withdrawn.Token);
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
        catch (Exception) when (_withdrawn.IsCancellationRequested)
        {
            // Its end comes with the commit of the turn that withdrew it, and to say anything before would be to answer.
            await Task.Delay(Timeout.InfiniteTimeSpan, host.Time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            stop.ThrowIfCancellationRequested();
            return OutOfTime();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return OutOfTime();
        }
        catch (Exception e) when (_isModels && !stop.IsCancellationRequested)
        {
            // Some clients throw what a program's mistake would be where a server's answer is odd; called again, it would be paid again.
            LogUnreadable(host.Logger, setup.Model, e);
            return Fault(ModelCodes.Broken, $"The answer of the model {setup.Model} cannot be read ({e.GetType().Name}).");
        }
    }

    /// <summary>Ends a call that nobody wants any more: it hears no more than it has, and says nothing.</summary>
    /// <returns>What was set aside, and what of it was spent as far as anybody knows: what was reported, and else what was said and heard.</returns>
    public IReadOnlyList<SetAside> Withdraw()
    {
        _withdrawn.Cancel();
        return budget.Settle(_isCalled ? Heard().Spent : Spending.None, tools: 0);
    }

    private async Task HearAsync(IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        _input = TokenEstimate.Of(messages, options);
        await budget.ReserveAsync(Spend(_input, setup.MostOutput), isForTools: false, cancellationToken);
        _isCalled = _isModels = true;
        await foreach (var update in setup.Client.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _heard.Add(update);
            if (run is not null && update.Text is { Length: > 0 } text)
            {
                _isModels = false;
                await run.WriteAsync(text, ChatAgent.AnswerArtifact, cancellationToken);
                _isModels = true;
            }
        }
    }

    private async Task<ChatThought> ReadAsync(ToolSet tools, int round, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var response = _heard.ToChatResponse();
        var messages = ChatParts.Clean(response.Messages, round);
        ToolWish[] wishes = [.. messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => ChatSetup.Resolve(tools, c, c.CallId))];
        var said = StoredMessage.Write(messages);
        var output = Credible(response.Usage?.OutputTokenCount) ?? TokenEstimate.Of(messages);
        var input = Credible(response.Usage?.InputTokenCount) ?? _input;
        var calls = wishes.Count(w => w.Fault is null);
        _isModels = false;
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

        return new ChatThought(said, wishes, budget.Settle(Spend(input, output), calls), input, output, run?.Writer);
    }

    private ChatThought OutOfTime() => Fault(RefusalCodes.DeadlineExceeded, "The time for the answer was over while the model was called.");

    /// <summary>What was heard before it broke off may have to be paid for.</summary>
    private ChatThought Fault(string code, string reason)
    {
        var (spent, input, output) = _heard.Count > 0 ? Heard() : (_isCalled ? Spend(0, 0) : Spending.None, 0, 0);
        return new ChatThought(Nothing, [], budget.Settle(spent, tools: 0), input, output, Writer: null, code, reason);
    }

    /// <summary>What a call without its end took: as it was reported, and at least what was heard.</summary>
    private (Spending Spent, long Input, long Output) Heard()
    {
        var response = _heard.ToChatResponse();
        var input = Credible(response.Usage?.InputTokenCount) ?? _input;
        var output = Math.Max(Credible(response.Usage?.OutputTokenCount) ?? 0, TokenEstimate.Of(response.Messages));
        return (Spend(input, output), input, output);
    }

    /// <summary>A number of tokens as a provider reports it; null where it is none that a call can have.</summary>
    private static long? Credible(long? reported) => reported is >= 0 and <= int.MaxValue ? reported : null;

    private Spending Spend(long input, long output) => new(input + output, setup.Prices.CostOf(input, output), Calls: 1);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An answer of the model {Model} cannot be read")]
    private static partial void LogUnreadable(ILogger logger, string model, Exception exception);
}
