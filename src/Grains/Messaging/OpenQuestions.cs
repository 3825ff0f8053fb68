using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// Asks an agent's questions and brings it the answers, each question's in one turn whose commit ends it. Until then a
/// durable agent's next activation asks again, with the same ids. Runs on the agent's own scheduler.
/// </summary>
internal sealed partial class OpenQuestions
{
    private readonly AgentHost _host;
    private readonly AgentTurns _turns;
    private readonly TaskScheduler _scheduler = TaskScheduler.Current;
    private readonly Dictionary<MessageId, Question> _questions = [];
    private readonly CancellationTokenSource _closing = new();

    public OpenQuestions(AgentHost host, AgentTurns turns) => (_host, _turns) = (host, turns);

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
            Start(Question.Restore(_host.Cipher?.Open(message.Envelope) ?? message.Envelope));
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
        if (_turns.Commits is null && _questions.Count > 0)
        {
            LogForgotten(_host.Logger, _turns.Id, _questions.Count);
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
            QuestionCall.Start(_host, question, leg, this);
        }

        _ = WaitAndFinishAsync(question);
    }

    /// <summary>Has an agent asked again. From any thread.</summary>
    public void Repeat(Question question, int leg, Reply first) =>
        _ = Task.Factory.StartNew(() => RepeatAsync(question, leg, first), CancellationToken.None, TaskCreationOptions.None, _scheduler);

    /// <summary>Asks again what was not answered the first time, until it is or nobody wants it any more.</summary>
    private async Task RepeatAsync(Question question, int leg, Reply first)
    {
        var reply = await _host.RepeatAsync(question.Legs[leg], first, (last, _) => question.IsOpen && QuestionCall.IsToRepeat(last), _closing.Token);
        if (!QuestionCall.IsToRepeat(reply))
        {
            QuestionCall.Take(_host, question, leg, reply);
        }
    }

    private async Task WaitAndFinishAsync(Question question)
    {
        // A timer holds no more than 49 days.
        var longest = TimeSpan.FromDays(30);
        while (!question.Settled.IsCompleted && question.IsOpen && !_closing.IsCancellationRequested
            && question.Until - _host.Time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await question.Settled.WaitAsync(left > longest ? longest : left, _host.Time, _closing.Token)
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
            var reply = await _turns.DeliverOwnAsync(answers);
            if (reply.Refusal is not { } refusal)
            {
                // The commit of a durable agent's turn has done it already.
                _questions.Remove(question.Id);
                return;
            }

            if (!Delivery.CanRepeat(reply) || (reply.Outcome == Outcome.Failed && attempts > _host.Options.Delivery.MaxRetries))
            {
                _questions.Remove(question.Id);
                _turns.Outbox.GiveUp(new OutgoingMessage(answers, _host.Time.GetUtcNow()) { Attempts = attempts }, refusal);
                return;
            }

            await Task.Delay(Delivery.Pause(_host.Options.Delivery, attempts, refusal), _host.Time, _closing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>
    /// Takes no more answers, and has those stop who have not answered. Not where its time is over: each message bears that
    /// time and ends by itself, and word of it that is late would end the same message where it was asked with again.
    /// </summary>
    private void Close(Question question)
    {
        var missing = question.Close();
        if (question.Until <= _host.Time.GetUtcNow())
        {
            return;
        }

        foreach (var unanswered in missing)
        {
            // Nobody waits for this: the agent may be the very thing that cannot be reached.
            _host.Find(unanswered.Recipient).CancelAsync(unanswered.Id.Value).AsTask().Ignore();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} stops with {Count} questions open, and is volatile: their answers come to nobody")]
    private static partial void LogForgotten(ILogger logger, AgentId agent, int count);
}
