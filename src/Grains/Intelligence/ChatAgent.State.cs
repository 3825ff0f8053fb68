using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <content>What the store keeps: a small state, and each message by itself, so that a turn costs the same however long the conversation is.</content>
public abstract partial class ChatAgent : IDurableAgent, IMessageKeeper
{
    private readonly ChatMemory _memory = new();
    private ChatState _state = new();
    private ChatSpans? _spans;
    private bool _isStateTouched;

    bool IDurableAgent.IsStateTouched
    {
        get => _isStateTouched;
        set => _isStateTouched = value;
    }

    private ChatSpans Spans => _spans ??= new ChatSpans(Id);

    private ChatState State
    {
        get
        {
            _isStateTouched = true;
            return _state;
        }
    }

    byte[] IDurableAgent.WriteState() => PayloadJson.Write(_state);

    void IDurableAgent.ReadState(byte[]? json) =>
        _state = json is null ? new() : JsonSerializer.Deserialize<ChatState>(json, PayloadJson.Options)!;

    bool IMessageKeeper.TryKeep(OutgoingMessage message)
    {
        try
        {
            return message.DueAt == DateTimeOffset.MaxValue && _memory.TryKeep(message.Envelope, Open);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException)
        {
            // Written by a later version; it stays in the store, and the model is not shown it here.
            LogUnreadable(Turns.Host.Logger, Id, message.Envelope.Id.Value, e);
            return true;
        }
    }

    void IMessageKeeper.Release(MessageId message) => _memory.Release(message);

    internal override Task OnStoppingAsync()
    {
        _spans?.Close();
        return Task.CompletedTask;
    }

    private Envelope? Open(Envelope kept) =>
        Turns.Host.Cipher is not { } cipher ? kept : cipher.TryOpen(kept, out var opened, out _) ? opened : null;

    /// <summary>Adds a message to the conversation, with the turn's commit.</summary>
    private void Remember(AgentContext context, JsonElement message)
    {
        var place = ++State.Last;
        context.KeepOwn(new ChatKept(place, context.Now, message), ChatMemory.IdOf(place));
    }

    /// <summary>Takes messages out of the conversation, from the first that is given to the last.</summary>
    private static void Forget(AgentContext context, long first, long last)
    {
        for (var place = first; place <= last; place++)
        {
            context.CancelScheduled(ChatMemory.IdOf(place));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Agent} keeps {Kept} of its conversation, which cannot be read here")]
    private static partial void LogUnreadable(ILogger logger, AgentId agent, Guid kept, Exception exception);
}
