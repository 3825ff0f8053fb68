using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Orleans.Streams.Core;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>What a topic keeps.</summary>
internal sealed class TopicState
{
    public List<string> Subscribers { get; set; } = [];
}

/// <summary>
/// Serves one topic: appends what is published to the log, reads the log as its stream's one consumer, and tells each
/// subscriber by a direct call.
/// </summary>
[Agent(TopicId.AgentKind, Description = "Serves a topic: takes its events and tells them to its subscribers.")]
[ImplicitStreamSubscription(TopicStream.Name)]
internal sealed partial class TopicAgent(AgentHost host, ILogger<TopicAgent> logger) : Agent<TopicState>, ITopicGrain, IStreamSubscriptionObserver, IHandleAny,
    IHandle<TopicSubscribe, TopicSubscribers>, IHandle<TopicUnsubscribe, TopicSubscribers>, IHandle<TopicReadSubscribers, TopicSubscribers>
{
    private const int ReaderBuffer = 1024;
    private readonly List<Channel<Envelope>> _readers = [];

    private TopicId Topic => new(Id.Key);

    public ValueTask<TopicSubscribers> HandleAsync(TopicSubscribe request, AgentContext context, CancellationToken cancellationToken)
    {
        if (!AgentId.TryParse(request.Agent, defaultKind: null, out _, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        if (!State.Subscribers.Contains(request.Agent))
        {
            State.Subscribers.Add(request.Agent);
        }

        return Subscribers();
    }

    public ValueTask<TopicSubscribers> HandleAsync(TopicUnsubscribe request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Subscribers.Remove(request.Agent);
        return Subscribers();
    }

    public ValueTask<TopicSubscribers> HandleAsync(TopicReadSubscribers request, AgentContext context, CancellationToken cancellationToken) =>
        Subscribers();

    public async ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        if (!TopicId.TryParse(Id.Key, out var topic, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        var log = ServiceProvider.GetService<ITopicLog>()
            ?? throw new AgentStoreException("This silo has no topic log: call UseMemoryStorage() on the silo builder.");
        await log.AppendAsync(topic, message, cancellationToken);
        return null;
    }

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        await handleFactory.Create<Envelope>().ResumeAsync((envelope, _) => FanOutAsync(envelope));

    public async IAsyncEnumerable<Envelope> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = Channel.CreateBounded<Envelope>(ReaderBuffer);
        _readers.Add(reader);
        try
        {
            await foreach (var envelope in reader.Reader.ReadAllAsync(cancellationToken))
            {
                yield return envelope;
            }
        }
        finally
        {
            _readers.Remove(reader);
        }
    }

    private ValueTask<TopicSubscribers> Subscribers() => new(new TopicSubscribers([.. State.Subscribers]));

    private async Task FanOutAsync(Envelope envelope)
    {
        foreach (var reader in _readers.ToArray())
        {
            if (!reader.Writer.TryWrite(envelope))
            {
                // A reader that cannot keep up is told so by the end of its stream rather than by missing events.
                reader.Writer.TryComplete(new InvalidOperationException($"The reader fell {ReaderBuffer} events behind {Topic}."));
            }
        }

        await Task.WhenAll(State.Subscribers.Select(subscriber => TellAsync(envelope.To(AgentId.Parse(subscriber)))));
    }

    private async Task TellAsync(Envelope envelope)
    {
        try
        {
            var reply = await host.SendAsync(envelope.WithExpiry(null), CancellationToken.None);
            if (reply.Refusal is { } refusal)
            {
                LogNotTold(logger, envelope, refusal.Code, refusal.Message, null);
            }
        }
        catch (Exception e)
        {
            // The boundary: a subscriber that fails holds nobody up.
            LogNotTold(logger, envelope, RefusalCodes.Unreachable, "It could not be delivered.", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up on the event {Envelope}: {Code}: {Reason}")]
    private static partial void LogNotTold(ILogger logger, Envelope envelope, string code, string reason, Exception? exception);
}
