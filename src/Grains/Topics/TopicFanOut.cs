using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>
/// Tells a topic's events to its subscribers, in order and many at once. Those that keep up are told together, from the
/// events just appended; one that fails or is slow goes on by itself, from the log, and joins again when it has caught
/// up. Runs on the topic agent's own scheduler.
/// </summary>
internal sealed class TopicFanOut
{
    private const int AtOnce = 256, MostInMemory = 8192;

    // Who takes longer than this for a batch goes on by itself.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly AgentHost _host;
    private readonly AgentTurns _turns;
    private readonly Dictionary<AgentId, Subscription> _subscriptions = [];
    private readonly Queue<TopicEvent> _recent = new();
    private readonly CancellationTokenSource _closing = new();
    private long _front, _last, _told;
    private int _behind;
    private Task _running = Task.CompletedTask;

    public TopicFanOut(AgentHost host, AgentTurns turns, TopicId topic, ITopicLog log, IReadOnlyList<TopicSubscriber> subscribers)
    {
        (_host, _turns, Topic, Log) = (host, turns, topic, log);
        _front = _told = turns.Commits!.PositionIn(topic);
        _last = turns.Commits.LastEvent;
        foreach (var subscriber in subscribers)
        {
            Subscribe(AgentId.Parse(subscriber.Agent), subscriber, after: null);
        }
    }

    public TopicId Topic { get; }

    public ITopicLog Log { get; }

    /// <summary>Whether every subscriber has been told everything.</summary>
    public bool IsIdle => _front == _last && _behind == 0;

    public CancellationToken Closing => _closing.Token;

    /// <summary>The last event that those who keep up have been told, or are being told.</summary>
    public long Told => _told;

    public void Start() => Run();

    public void Subscribe(AgentId agent, TopicSubscriber subscriber, long? after)
    {
        if (_subscriptions.TryGetValue(agent, out var known))
        {
            known.Subscriber = subscriber;
            return;
        }

        var subscription = new Subscription(agent, subscriber);
        _subscriptions[agent] = subscription;
        subscriber.Cursor ??= after < _told ? after : null;
        if (subscriber.Cursor is not null)
        {
            _ = CatchUpAsync(subscription, pending: null);
        }
    }

    public void Unsubscribe(AgentId agent)
    {
        if (_subscriptions.Remove(agent, out var subscription))
        {
            subscription.IsOver = true;
        }
    }

    public void Appended(IReadOnlyList<TopicEvent> events)
    {
        foreach (var one in events)
        {
            // Beyond this the log remembers them.
            if (_recent.Count < MostInMemory && (_recent.Count > 0 || one.Position == _told + 1))
            {
                _recent.Enqueue(one);
            }
        }

        _last = events[^1].Position;
        Run();
    }

    public async Task CloseAsync()
    {
        await _closing.CancelAsync();
        await _running;
    }

    private void Run()
    {
        if (_running.IsCompleted && _front < _last && !_closing.IsCancellationRequested)
        {
            _running = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (_front < _last && !_closing.IsCancellationRequested)
        {
            try
            {
                var events = await TakeAsync();
                if (events.Length == 0)
                {
                    // Retention removed what was left.
                    _front = _told = _last;
                }
                else
                {
                    _told = events[^1].Extras!.Position!.Position;
                    await TellAsync(events);
                    _front = _told;
                }

                _turns.Commits!.Reached(new TopicPosition(Topic, _front));
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (AgentStoreException)
            {
                // The log cannot be read now; the store's own messages say why.
                await Task.Delay(_host.Options.Delivery.LongestDelay, _host.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }

    private async ValueTask<Envelope[]> TakeAsync()
    {
        while (_recent.TryPeek(out var old) && old.Position <= _front)
        {
            _recent.Dequeue();
        }

        if (_recent.TryPeek(out var first) && first.Position == _front + 1)
        {
            var envelopes = new Envelope[Math.Min(AtOnce, _recent.Count)];
            for (var i = 0; i < envelopes.Length; i++)
            {
                envelopes[i] = Mark(_recent.Dequeue());
            }

            return envelopes;
        }

        return await ReadAsync(_front, AtOnce);
    }

    /// <summary>Events from the log, as subscribers are told them.</summary>
    public async ValueTask<Envelope[]> ReadAsync(long after, int limit) =>
        [.. (await Log.ReadAsync(Topic, after, limit, _closing.Token)).Select(Mark)];

    private Envelope Mark(TopicEvent one) =>
        one.Envelope.With((one.Envelope.Extras ?? new()) with { Position = new TopicPosition(Topic, one.Position) });

    private async Task TellAsync(Envelope[] events)
    {
        var batches = new SelectedEvents(events, _host.Cipher);
        var told = new List<(Subscription Subscription, EventBatch Batch, Task<EventsReply> Call)>();
        foreach (var subscription in _subscriptions.Values)
        {
            if (subscription.Subscriber.Cursor is null && batches.For(subscription.Subscriber.Filters) is { } batch)
            {
                told.Add((subscription, batch, CallAsync(subscription.Agent, batch)));
            }
        }

        await ((Task)Task.WhenAll(told.Select(t => t.Call))).WaitAsync(Patience, _host.Time, _closing.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var before = events[0].Extras!.Position!.Position - 1;
        foreach (var (subscription, batch, call) in told)
        {
            if (!call.IsCompletedSuccessfully || call.Result.Handled < batch.Events.Length)
            {
                FallBehind(subscription, before, batch, call);
            }
        }
    }

    public async Task<EventsReply> CallAsync(AgentId agent, EventBatch batch) => await _host.Find(agent).DeliverEventsAsync(batch);

    private void FallBehind(Subscription subscription, long before, EventBatch batch, Task<EventsReply> call)
    {
        if (!subscription.IsOver)
        {
            subscription.Subscriber.Cursor = before;
            _turns.Commits!.RecordState();
            _ = CatchUpAsync(subscription, (batch, call));
        }
    }

    private async Task CatchUpAsync(Subscription subscription, (EventBatch Batch, Task<EventsReply> Call)? pending)
    {
        _behind++;
        await new CatchUp(_host, _turns, this, subscription).RunAsync(pending);
        _behind--;
    }
}

/// <summary>A subscription while its topic's agent is active.</summary>
internal sealed class Subscription(AgentId agent, TopicSubscriber subscriber)
{
    public AgentId Agent { get; } = agent;

    public TopicSubscriber Subscriber { get; set; } = subscriber;

    public bool IsOver { get; set; }
}
