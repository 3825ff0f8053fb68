using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>Keeps no state: its registrations are messages that it never sends, each of which the store keeps by itself.</summary>
internal sealed class DirectoryState;

/// <summary>Keeps the registrations of the agents whose addresses fall to it, and finds agents by what they can do.</summary>
[Agent(DirectoryAddress.Kind, Description = "Keeps which agents registered themselves, and finds them by what they can do.")]
internal sealed partial class DirectoryAgent(AgentKinds kinds, ILogger<DirectoryAgent> logger) : Agent<DirectoryState>, IMessageKeeper,
    IHandle<Registration>, IHandle<Unregistration>, IHandle<DirectoryFind, DirectoryPage>
{
    /// <summary>The code of a refusal: the sender is no agent, and only agents are registered.</summary>
    internal const string NotAnAgent = "directory.not-an-agent";

    /// <summary>The code of a refusal: the sender's registration is kept by another shard.</summary>
    internal const string WrongShard = "directory.wrong-shard";

    // What it holds is what is stored: it changes when a commit is written, or the agent is loaded, and at no other time.
    private readonly RegistrationIndex _index = new();

    public ValueTask HandleAsync(Registration message, AgentContext context, CancellationToken cancellationToken)
    {
        DemandMayRegister(context);
        if (message.FindFault() is { } fault)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, fault);
        }

        // Under an id that is the sender's own, so that it takes the place of the one before, stored or not yet.
        var kept = new Envelope(DirectoryAddress.EntryOf(context.Sender), context.Sender, Id, Contract.Of<Registration>(), message.InOrder(), json: default);
        context.Keep(context.Host.Cipher?.Seal(kept) ?? kept);
        return default;
    }

    public ValueTask HandleAsync(Unregistration message, AgentContext context, CancellationToken cancellationToken)
    {
        DemandMayRegister(context);
        context.CancelScheduled(DirectoryAddress.EntryOf(context.Sender));
        return default;
    }

    public ValueTask<DirectoryPage> HandleAsync(DirectoryFind request, AgentContext context, CancellationToken cancellationToken) =>
        request.FindFault() is { } fault
            ? throw new AgentRefusedException(RefusalCodes.InvalidPayload, fault)
            : new(_index.Find(request, kinds.IsHosted));

    bool IMessageKeeper.TryKeep(OutgoingMessage message)
    {
        if (message.DueAt != DateTimeOffset.MaxValue)
        {
            return false;
        }

        try
        {
            var envelope = Turns.Host.Cipher?.Open(message.Envelope) ?? message.Envelope;
            _index.Put(envelope.Id, envelope.Sender, (Registration)envelope.ReadPayload(Contract.Of<Registration>()));
        }
        catch (Exception e) when (e is JsonException or AgentException)
        {
            // It stays in the store, and the other registrations are found all the same.
            LogUnreadable(logger, message.Envelope, e);
        }

        return true;
    }

    void IMessageKeeper.Release(MessageId message) => _index.Remove(message);

    private void DemandMayRegister(AgentContext context)
    {
        var sender = context.Sender;
        if (!kinds.IsHosted(sender.Kind))
        {
            // What a turn sent may come from a silo that this one does not know yet, or not any more; that is worth a repeat.
            throw kinds.IsKnown(sender.Kind) || context.Message.Extras?.CausationId is not null
                ? new AgentRefusedException(AgentKinds.NoHost(sender.Kind))
                : new AgentRefusedException(NotAnAgent, $"{sender} is no agent: no silo hosts its kind, and the directory registers the sender of a message only.");
        }

        if (DirectoryAddress.For(sender) is var shard && shard != Id)
        {
            throw new AgentRefusedException(WrongShard, $"The registration of {sender} is kept by {shard}.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The registration {Message} cannot be read, so its agent is not found until it registers anew")]
    private static partial void LogUnreadable(ILogger logger, Envelope message, Exception exception);
}
