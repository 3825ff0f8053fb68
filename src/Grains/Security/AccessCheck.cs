using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Conversations;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Security;

/// <summary>Refuses what the access rules do not allow. The sender learns that it may not, and the log why.</summary>
internal sealed partial class AccessCheck : IGateCheck, IDisposable
{
    private static readonly string DeadLetterAdd = Contract.Of<DeadLetter>().Name;
    private static readonly string Said = Contract.Of<ConversationSaid>().Name;
    private static readonly string Began = Contract.Of<ConversationBegan>().Name;
    private static readonly string Ended = Contract.Of<ConversationEnded>().Name;

    private readonly AgentKinds _kinds;
    private readonly ILogger _logger;
    private readonly PayloadCipher? _cipher;
    private readonly Reloaded<AccessOptions, AccessPolicy> _policy;
    private volatile bool _hadRules;

    /// <exception cref="OptionsValidationException">A rule is faulty.</exception>
    public AccessCheck(
        IOptionsMonitor<AccessOptions> options, AgentKinds kinds, TimeProvider time, ILogger<AccessCheck> logger, PayloadCipher? cipher = null)
    {
        (_kinds, _logger, _cipher) = (kinds, logger, cipher);
        _policy = new(options, Make, nameFiles: null, time, logger);
    }

    public GateStage Stage => GateStage.Access;

    public Refusal? Check(Envelope message, bool isEvent)
    {
        var policy = _policy.Current;
        if (isEvent || policy.IsEmpty)
        {
            return null;
        }

        var isAgent = _kinds.IsKnown(message.Sender.Kind);
        if (isAgent && IsPlatforms(message))
        {
            // Else what a rule forbids would not even be kept as a dead letter, nor noted in its conversation.
            return null;
        }

        if (!TryRead(message, out var request))
        {
            return new Refusal(RefusalCodes.InvalidPayload, $"The payload of {message.Contract} names no pattern of topics.");
        }

        var decision = policy.Decide(request, isAgent);
        return decision.IsAllowed ? null : Refuse(message, decision.Rule);
    }

    public void Dispose() => _policy.Dispose();

    /// <summary>Whether a message is one that the platform's own kinds live by.</summary>
    private static bool IsPlatforms(Envelope message) => message.Recipient.Kind switch
    {
        DeadLetterAddress.Kind => message.Type == DeadLetterAdd,
        ConversationAddress.Kind => message.Type == Said,
        ConversationAddress.IndexKind => message.Type == Began || message.Type == Ended,
        _ => false,
    };

    /// <summary>What a message does: to a topic by its contract, to everybody else it is sent.</summary>
    private bool TryRead(Envelope message, out AccessRequest request)
    {
        var action = message.Recipient.Kind == TopicId.AgentKind ? TopicContracts.ActionOf(message.Contract) : AccessAction.Send;
        request = action switch
        {
            AccessAction.Send => new(action, message.Sender, message.Type, message.Recipient),
            AccessAction.SubscribePattern => new(action, message.Sender, ReadPattern(message) ?? "", default),
            _ => new(action, message.Sender, message.Recipient.Key, default),
        };
        return request.What.Length > 0;
    }

    /// <summary>The pattern of a message that subscribes to one or ends that; null where its payload does not say.</summary>
    private string? ReadPattern(Envelope message)
    {
        if (message.Extras?.Encryption is not null && (_cipher is null || !_cipher.TryOpen(message, out message!, out _)))
        {
            return null;
        }

        try
        {
            var text = message.Type == Contract.Of<TopicSubscribePattern>().Name
                ? ((TopicSubscribePattern)message.ReadPayload(Contract.Of<TopicSubscribePattern>())).Pattern
                : ((TopicUnsubscribePattern)message.ReadPayload(Contract.Of<TopicUnsubscribePattern>())).Pattern;
            return TopicPattern.TryParse(text, out _, out _) ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private AccessPolicy Make(AccessOptions options)
    {
        var policy = new AccessPolicy(options);
        if (policy.IsEmpty && _hadRules)
        {
            // More likely a file that is gone, or being written, than somebody who wants to open the silo.
            throw PolicyRule.Fault("There is no access rule any more, which would let everybody in; start the silo anew without rules if that is meant.");
        }

        _hadRules = !policy.IsEmpty;
        return policy;
    }

    [SuppressMessage("Performance", "CA1873", Justification = "A refusal is rare, and its log is on.")]
    private Refusal Refuse(Envelope message, PolicyRule? rule)
    {
        LogRefused(
            _logger, message.Id, message.Sender, message.Contract, message.Recipient,
            rule is null ? $"no rule allows it, and '{message.Sender.Kind}' is no kind of agents here" : $"the rule '{rule.Name}' says {rule.Says}");
        return new Refusal(RefusalCodes.NotAllowed, $"{message.Sender} may not send {message.Contract} to {message.Recipient}.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused message {Message} from {Sender}: it may not send {Contract} to {Recipient}, because {Reason}")]
    private static partial void LogRefused(ILogger logger, MessageId message, AgentId sender, Contract contract, AgentId recipient, string reason);
}
