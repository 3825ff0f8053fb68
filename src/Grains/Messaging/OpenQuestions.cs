using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// Asks an agent's questions and brings it the answers, each question's in one turn whose commit ends it. Until then a
/// durable agent's next activation asks again, with the same ids. Runs on the agent's own scheduler.
/// </summary>
internal sealed partial class OpenQuestions(AgentHost host, AgentTurns turns)
{
    private readonly Dictionary<MessageId, Question> _questions = [];
    private readonly CancellationTokenSource _closing = new();

    public bool IsIdle => _questions.Count == 0;

    public void Start(IReadOnlyList<Question> questions)
    {
        foreach (var question in questions)
        {
            Start(question);
        }
    }

    /// <summary>Goes on with what an earlier activation asked.</summary>
    public void Restore(IEnumerable<OutgoingMessage> kept)
    {
        foreach (var message in kept.Where(Question.IsKept).ToArray())
        {
            Start(Question.Restore(host.Cipher?.Open(message.Envelope) ?? message.Envelope));
        }
    }

    /// <summary>Ends a question that was withdrawn, or whose answers were handled.</summary>
    public void End(MessageId id)
    {
        if (_questions.Remove(id, out var question) && question.IsOpen)
        {
            Close(question);
        }
    }

    /// <summary>Asks no more. What a volatile agent asked is lost, and logged.</summary>
    public void Close()
    {
        _closing.Cancel();
        if (turns.Commits is null && _questions.Count > 0)
        {
            LogForgotten(host.Logger, turns.Id, _questions.Count);
        }
    }

    private void Start(Question question)
    {
        if (_closing.IsCancellationRequested || !_questions.TryAdd(question.Id, question))
        {
            return;
        }

        for (var leg = 0; leg < question.Legs.Length; leg++)
        {
            _ = AskAsync(question, leg);
        }

        _ = question.IsSettled ? FinishAsync(question) : EndInTimeAsync(question);
    }

    private async Task AskAsync(Question question, int leg)
    {
        var envelope = question.Legs[leg];
        for (var attempts = 1; question.IsOpen && !_closing.IsCancellationRequested; attempts++)
        {
            var reply = await host.TryAsync(envelope, CancellationToken.None);
            if (!Delivery.IsTransient(reply) && reply.Refusal?.Code != RefusalCodes.Unreachable)
            {
                Take(question, leg, host.Cipher?.OpenReply(envelope, reply) ?? reply);
                return;
            }

            await Task.Delay(Delivery.Pause(host.Options.Delivery, attempts, reply.Refusal), host.Time, _closing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private void Take(Question question, int leg, Reply reply)
    {
        question.Take(leg, reply);
        if (question.IsOpen && question.IsSettled)
        {
            _ = FinishAsync(question);
        }
    }

    private async Task EndInTimeAsync(Question question)
    {
        // A timer holds no more than 49 days.
        var longest = TimeSpan.FromDays(30);
        while (question.IsOpen && !_closing.IsCancellationRequested && question.Until - host.Time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left > longest ? longest : left, host.Time, _closing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        if (question.IsOpen && !_closing.IsCancellationRequested)
        {
            await FinishAsync(question);
        }
    }

    private async Task FinishAsync(Question question)
    {
        Close(question);
        var answers = question.ToAnswers();
        for (var attempts = 1; !_closing.IsCancellationRequested; attempts++)
        {
            var reply = await turns.DeliverOwnAsync(answers);
            if (reply.Refusal is not { } refusal)
            {
                // The commit of a durable agent's turn has done it already.
                _questions.Remove(question.Id);
                return;
            }

            if (!Delivery.CanRepeat(reply) || (reply.Outcome == Outcome.Failed && attempts > host.Options.Delivery.MaxRetries))
            {
                _questions.Remove(question.Id);
                turns.Outbox.GiveUp(new OutgoingMessage(answers, host.Time.GetUtcNow()) { Attempts = attempts }, refusal);
                return;
            }

            await Task.Delay(Delivery.Pause(host.Options.Delivery, attempts, refusal), host.Time, _closing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private void Close(Question question)
    {
        foreach (var unanswered in question.Close())
        {
            // Nobody waits for this: the agent may be the very thing that cannot be reached.
            host.Find(unanswered.Recipient).CancelAsync(unanswered.Id.Value).AsTask().Ignore();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} stops with {Count} questions open, and is volatile: their answers come to nobody")]
    private static partial void LogForgotten(ILogger logger, AgentId agent, int count);
}
