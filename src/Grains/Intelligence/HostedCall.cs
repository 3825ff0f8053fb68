using System.Text.Json;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>One answer of a hosted agent: its session is taken up, it speaks, and its session is put down again.</summary>
internal sealed class HostedCall(AIAgent other, RunWriter? run, HostedAIAgentOptions options, TimeProvider time)
{
    private readonly List<AgentResponseUpdate> _heard = [];
    private bool _isWriting;

    /// <summary>What it threw that is not for those who wait; null for nothing.</summary>
    public Exception? Failure { get; private set; }

    /// <param name="stored">The session as it was stored; null for a new one.</param>
    /// <param name="said">What it is said.</param>
    /// <param name="told">What it is told besides; null for nothing.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<HostedAnswered> RunAsync(JsonElement? stored, ChatMessage said, AgentRunOptions? told, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.Within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var session = await (stored is { } json ? other.DeserializeSessionAsync(json, null, either.Token) : other.CreateSessionAsync(either.Token)).AsTask().WaitAsync(either.Token);
            await HearAsync(other.RunStreamingAsync([said], session, told, either.Token), either.Token);
            var kept = await other.SerializeSessionAsync(session, null, either.Token).AsTask().WaitAsync(either.Token);
            return Measure(kept) is { } fault ? fault : new HostedAnswered(ChatParts.FromAnswer(_heard.ToAgentResponse().Messages), kept, run?.Writer);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return HostedAnswered.Of(RefusalCodes.DeadlineExceeded, $"There was no answer within {options.Within}.");
        }
        catch (Exception e) when (!_isWriting && !either.IsCancellationRequested)
        {
            // The boundary: what it did outside may be done, so it is not asked again.
            return Explain(e);
        }
    }

    private async Task HearAsync(IAsyncEnumerable<AgentResponseUpdate> speech, CancellationToken cancellationToken)
    {
        var updates = speech.GetAsyncEnumerator(cancellationToken);
        var next = Task.FromResult(false);
        try
        {
            // One that does not listen to its token is not waited for either.
            while (await (next = updates.MoveNextAsync().AsTask()).WaitAsync(cancellationToken))
            {
                _heard.Add(updates.Current);
                if (run is not null && updates.Current.Text is { Length: > 0 } text)
                {
                    _isWriting = true;
                    await run.WriteAsync(text, ChatAgent.AnswerArtifact, cancellationToken);
                    _isWriting = false;
                }
            }
        }
        finally
        {
            var closing = CloseAsync(updates, next);
            if (next.IsCompleted)
            {
                await closing;
            }
        }
    }

    private static async Task CloseAsync(IAsyncEnumerator<AgentResponseUpdate> updates, Task next)
    {
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await updates.DisposeAsync();
    }

    private HostedAnswered? Measure(JsonElement session)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(session.GetRawText());
        return bytes <= options.SessionBytes ? null
            : HostedAnswered.Of(HostedCodes.SessionTooLarge, $"The session has {bytes} bytes, and {options.SessionBytes} is the limit; begin another, or have it keep less.");
    }

    private HostedAnswered Explain(Exception error)
    {
        switch (error)
        {
            case ModelException e:
                return HostedAnswered.Of(e.Code, e.Message);
            case AgentRefusedException e:
                return HostedAnswered.Of(e.Code, e.Message);
            default:
                Failure = error;
                return HostedAnswered.Of(RefusalCodes.HandlerFailed, "The agent that was asked failed; the silo's log has the details.");
        }
    }
}
