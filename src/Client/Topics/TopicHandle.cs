using System.Runtime.CompilerServices;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Topics;

/// <summary>One topic, as a client sees it. Thread-safe.</summary>
public sealed class TopicHandle
{
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly AgentHandle _agent;
    private readonly ITopicGrain _grain;
    private readonly TimeProvider _time;
    private readonly Func<CancellationToken> _loss;
    private readonly PayloadCipher? _cipher;

    internal TopicHandle(AgentHandle agent, IGrainFactory grains, TopicId id, TimeProvider time, Func<CancellationToken> loss, PayloadCipher? cipher)
    {
        _agent = agent;
        _time = time;
        _loss = loss;
        _cipher = cipher;
        Id = id;
        _grain = grains.GetGrain<ITopicGrain>(GrainId.Create(TopicId.AgentKind, id.Name));
    }

    /// <summary>The topic's name.</summary>
    public TopicId Id { get; }

    /// <summary>The client's clock.</summary>
    internal TimeProvider Time => _time;

    /// <summary>Publishes an event. The receipt says accepted once the topic's log has it.</summary>
    /// <exception cref="AgentTimeoutException">No answer came in time; the outcome is unknown.</exception>
    public ValueTask<Receipt> PublishAsync<TEvent>(TEvent message, SendOptions? options = null, CancellationToken cancellationToken = default)
        where TEvent : notnull =>
        _agent.TellAsync(message, options, cancellationToken);

    /// <summary>
    /// The events from <paramref name="start"/> on, each once and in order, until <paramref name="cancellationToken"/>
    /// ends it. When the silo that serves the topic goes, reading goes on behind the last event read. To go on in a later
    /// run of the program, keep <see cref="TopicEvent.Position"/> and start with <see cref="TopicStart.After"/>.
    /// A sealed event is opened where this client has its key, and comes as it is where not.
    /// </summary>
    /// <param name="start">Where to begin; null for now.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="AgentRefusedException">The client may not read the topic, or what it asked for was refused for another reason that a repeat does not mend.</exception>
    public async IAsyncEnumerable<TopicEvent> ReadAsync(
        TopicStart? start = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        start ??= TopicStart.Now;
        var began = _time.GetUtcNow();
        while (!cancellationToken.IsCancellationRequested)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_loss(), cancellationToken);
            // A message of its own for each try: it has a deadline, until which it is to get in.
            var request = _agent.Prepare(new TopicRead(start.Position, start.Time));
            var events = _grain.ReadAsync(request, either.Token).GetAsyncEnumerator(either.Token);
            try
            {
                while (await MoveNextAsync(events, either.Token) && Take(events.Current) is { } one)
                {
                    yield return Open(one);
                    start = TopicStart.After(one.Position);
                }
            }
            finally
            {
                await EndAsync(events);
            }

            // What was published while the way to the topic was lost is wanted, too.
            start = start == TopicStart.Now ? TopicStart.At(began) : start;
            await Task.Delay(PauseBetweenTries, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The event; null for a refusal that a repeat may overcome.</summary>
    private static TopicEvent? Take(TopicReading reading) => reading.Answer.Refusal is not { } refusal || RefusalCodes.IsTransient(refusal.Code)
        ? reading.Event
        : throw new AgentRefusedException(refusal);

    private TopicEvent Open(TopicEvent published) =>
        _cipher is not null && _cipher.TryOpen(published.Envelope, out var opened, out _) ? published with { Envelope = opened } : published;

    /// <summary>Tells the silo that nobody reads on; it may be the very one that is gone, so its answer is waited for only so long.</summary>
    private async Task EndAsync(IAsyncEnumerator<TopicReading> events) =>
        await events.DisposeAsync().AsTask().WaitAsync(PauseBetweenTries, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<TopicReading> events, CancellationToken cancellationToken)
    {
        try
        {
            // The silo that was asked may be gone, and would never say that the reading was ended.
            return await events.MoveNextAsync().AsTask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is EnumerationAbortedException || Delivery.IsTransient(e))
        {
            return false;
        }
    }
}
