using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>
/// One subscriber that fell behind, told from the log at its own pace. An event that it does not take in the end
/// becomes a dead letter, and it goes on with the next.
/// </summary>
internal sealed class CatchUp(AgentHost host, AgentTurns turns, TopicFanOut topic, Subscription subscription)
{
    private const int AtOnce = 64;
    private readonly DeadLetterOffice _deadLetters = new(host, turns.Id);
    private int _attempts;
    private DateTimeOffset _since = host.Time.GetUtcNow();

    /// <summary>Runs until the subscriber has caught up, its subscription ends, or the topic's agent stops.</summary>
    /// <param name="pending">The call on which it fell behind; null for none.</param>
    public async Task RunAsync((EventBatch Batch, Task<EventsReply> Call)? pending)
    {
        await Task.Yield();
        while (!subscription.IsOver && !topic.Closing.IsCancellationRequested)
        {
            try
            {
                if (pending is { } call)
                {
                    pending = null;
                    await TellAsync(call.Batch, call.Call, upTo: call.Batch.Events[^1].Extras!.Position!.Position);
                    continue;
                }

                if (Cursor >= topic.Told)
                {
                    // Nothing is being told that it has not had: from here on it is told with the others.
                    Move(null);
                    return;
                }

                var events = await topic.ReadAsync(Cursor, AtOnce);
                if (events.Length == 0)
                {
                    Move(topic.Told);
                    continue;
                }

                var upTo = events[^1].Extras!.Position!.Position;
                if (new SelectedEvents(events, host.Cipher).For(subscription.Subscriber.Filters) is { } batch)
                {
                    await TellAsync(batch, topic.CallAsync(subscription.Agent, batch), upTo);
                }
                else
                {
                    Move(upTo);
                }
            }
            catch (OperationCanceledException) when (topic.Closing.IsCancellationRequested)
            {
                return;
            }
            catch (AgentStoreException)
            {
                await PauseAsync(host.Options.Delivery.LongestDelay);
            }
        }
    }

    private long Cursor => subscription.Subscriber.Cursor ?? topic.Told;

    private async Task TellAsync(EventBatch batch, Task<EventsReply> call, long upTo)
    {
        var (handled, stop) = await AnswerAsync(call);
        if (handled > 0)
        {
            _attempts = 0;
            _since = host.Time.GetUtcNow();
            Move(handled == batch.Events.Length ? upTo : batch.Events[handled - 1].Extras!.Position!.Position);
        }

        if (handled == batch.Events.Length)
        {
            return;
        }

        _attempts++;
        if (Delivery.CanRepeat(stop) && !host.IsExhausted(new OutgoingMessage(batch.Events[handled], _since) { Attempts = _attempts }, stop.Refusal!))
        {
            Telemetry.AgentTelemetry.Retries.Add(1);
            await PauseAsync(Delivery.Pause(host.Options.Delivery, _attempts, stop.Refusal));
            return;
        }

        GiveUp(batch.Events[handled], stop.Refusal!);
    }

    private async Task<(int Handled, Reply Stop)> AnswerAsync(Task<EventsReply> call)
    {
        try
        {
            var reply = await call.WaitAsync(topic.Closing);
            return (reply.Handled, reply.Stop);
        }
        catch (Exception e) when (Delivery.IsNoHost(e))
        {
            return (0, Reply.Refused(AgentKinds.NoHost(subscription.Agent.Kind)));
        }
        catch (Exception e) when (Delivery.IsTransient(e) || (e is OperationCanceledException && !topic.Closing.IsCancellationRequested))
        {
            return (0, Reply.Refused(AgentHost.Unreachable(subscription.Agent, e)));
        }
        catch (Exception e) when (Delivery.IsLasting(e))
        {
            return (0, Reply.Failed(AgentHost.Unreachable(subscription.Agent, e)));
        }
    }

    private void GiveUp(Envelope published, Refusal refusal)
    {
        var position = published.Extras!.Position!.Position;
        // Without its position: a replay is no event of the topic any more, and is not taken for an old one.
        var message = published.To(subscription.Agent).With(published.Extras with { Position = null });
        var letter = _deadLetters.Write(new OutgoingMessage(message, _since) { Attempts = _attempts }, refusal);
        subscription.Subscriber.Cursor = position;
        turns.Commits!.RecordState();
        if (letter is not null)
        {
            turns.Commits.Replace(old: null, letter);
        }

        _attempts = 0;
        _since = host.Time.GetUtcNow();
    }

    private void Move(long? cursor)
    {
        if (subscription.Subscriber.Cursor != cursor)
        {
            subscription.Subscriber.Cursor = cursor;
            turns.Commits!.RecordState();
        }
    }

    private Task PauseAsync(TimeSpan pause) => Task.Delay(pause, host.Time, topic.Closing);
}
