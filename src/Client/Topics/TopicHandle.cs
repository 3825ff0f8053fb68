using System.Runtime.CompilerServices;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Topics;

/// <summary>One topic, as a client sees it. Thread-safe.</summary>
public sealed class TopicHandle
{
    private readonly AgentHandle _agent;
    private readonly ITopicGrain _grain;
    private readonly TimeProvider _time;
    private readonly GrainReading _reading;
    private readonly PayloadCipher? _cipher;

    internal TopicHandle(AgentHandle agent, IGrainFactory grains, TopicId id, TimeProvider time, Func<CancellationToken> loss, PayloadCipher? cipher)
    {
        _agent = agent;
        _time = time;
        _reading = new GrainReading(time, loss);
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
            // A message of its own for each try: it has a deadline, until which it is to get in.
            var request = _agent.Prepare(new TopicRead(start.Position, start.Time));
            await foreach (var reading in _reading.TryAsync(stop => _grain.ReadAsync(request, stop), cancellationToken))
            {
                if (Take(reading) is not { } one)
                {
                    break;
                }

                yield return Open(one);
                start = TopicStart.After(one.Position);
            }

            // What was published while the way to the topic was lost is wanted, too.
            start = start == TopicStart.Now ? TopicStart.At(began) : start;
            await _reading.PauseAsync(cancellationToken);
        }
    }

    /// <summary>The event; null for a refusal that a repeat may overcome.</summary>
    private static TopicEvent? Take(TopicReading reading) => reading.Answer.Refusal is not { } refusal || RefusalCodes.IsTransient(refusal.Code)
        ? reading.Event
        : throw new AgentRefusedException(refusal);

    private TopicEvent Open(TopicEvent published) =>
        _cipher is not null && _cipher.TryOpen(published.Envelope, out var opened, out _) ? published with { Envelope = opened } : published;
}
