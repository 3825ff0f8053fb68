using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Streams;

namespace OrleansAgents.Streams;

/// <summary>Says which event a consumer did not take in the end. Its subscription stays, and goes on with what comes then.</summary>
internal sealed partial class StreamFailureLog(ILogger<StreamFailureLog> logger) : IStreamFailureHandler
{
    public bool ShouldFaultSubsriptionOnError => false;

    public Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken)
    {
        LogDelivery(logger, streamIdentity.GetKeyAsString(), sequenceToken?.SequenceNumber, subscriptionId.Guid);
        return Task.CompletedTask;
    }

    public Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken)
    {
        LogSubscription(logger, streamIdentity.GetKeyAsString(), sequenceToken?.SequenceNumber, subscriptionId.Guid);
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A stream consumer did not take event {Position} of the topic {Topic} (subscription {Subscription})")]
    private static partial void LogDelivery(ILogger logger, string topic, long? position, Guid subscription);

    [LoggerMessage(Level = LogLevel.Error, Message = "A stream consumer of the topic {Topic} could not be started at position {Position} (subscription {Subscription})")]
    private static partial void LogSubscription(ILogger logger, string topic, long? position, Guid subscription);
}
