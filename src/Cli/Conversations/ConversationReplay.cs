using System.Text;
using OrleansAgents.Messaging;

namespace OrleansAgents.Conversations;

/// <summary>The messages of a conversation as they can be sent again.</summary>
internal sealed class ConversationReplay
{
    private readonly Dictionary<Guid, MessageId>? _ids;
    private readonly string? _into;

    /// <param name="tree">The conversation.</param>
    /// <param name="newIds">Whether each message has another id, so that it is handled anew.</param>
    /// <param name="into">The conversation that they belong to when they are sent; null for the same.</param>
    public ConversationReplay(ConversationTree tree, bool newIds, string? into)
    {
        _into = into;
        if (newIds)
        {
            _ids = [];
            foreach (var node in tree.InTimeOrder())
            {
                _ids.TryAdd(node.Said.Message, MessageId.New());
            }
        }
    }

    /// <summary>The message; null where the note has none that can be read.</summary>
    public Envelope? Find(ConversationNode node)
    {
        if (node.Said.Envelope is not { } text || EnvelopeJson.Read(Encoding.UTF8.GetBytes(text), MessageLimits.Kept).Envelope is not { } envelope)
        {
            return null;
        }

        var extras = envelope.Extras ?? new();
        if (_ids is not null)
        {
            // It is another message now, of another trace.
            envelope = envelope.WithId(_ids[node.Said.Message]);
            extras = extras with { CausationId = Map(extras.CausationId), CorrelationId = Map(extras.CorrelationId), TraceParent = null, TraceState = null };
        }

        return envelope.With(extras with { ConversationId = _into ?? extras.ConversationId });
    }

    private MessageId? Map(MessageId? id) => id is { } known && _ids!.TryGetValue(known.Value, out var mapped) ? mapped : id;
}
