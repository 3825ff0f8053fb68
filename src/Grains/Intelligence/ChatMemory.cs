using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>What is stored of a conversation, in the memory of its agent's activation.</summary>
internal sealed class ChatMemory
{
    private readonly SortedList<long, Remembered> _messages = [];
    private readonly Dictionary<Guid, JsonElement> _waiting = [];
    private ChatSummary? _summary;

    /// <summary>The id under which the summary is kept, so that the next takes its place.</summary>
    public static MessageId SummaryId { get; } = IdOf(0);

    /// <summary>The summary; null for none.</summary>
    public ChatSummary? Summary => _summary;

    /// <summary>The place of the last message that is stored; 0 for none.</summary>
    public long Last => _messages.Count == 0 ? 0 : _messages.GetKeyAtIndex(_messages.Count - 1);

    /// <summary>How many bytes the messages hold.</summary>
    public long Bytes { get; private set; }

    /// <summary>The id under which a message is kept: nobody outside knows or chooses it, and no place comes twice.</summary>
    public static MessageId IdOf(long place)
    {
        Span<byte> bytes = stackalloc byte[16];
        "chat"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], place);
        // The version and the variant of a UUID of one's own making, RFC 9562, section 5.8; no place is so large.
        (bytes[6], bytes[8]) = (0x80, 0x80);
        return new MessageId(new Guid(bytes, bigEndian: true));
    }

    /// <summary>Takes up what the store keeps; false where it is nothing of the conversation.</summary>
    /// <param name="kept">The stored message.</param>
    /// <param name="open">Opens what is sealed; what cannot be opened is passed over.</param>
    public bool TryKeep(Envelope kept, Func<Envelope, Envelope?> open)
    {
        if (kept.Type is not (ChatKept.ContractName or ChatSummary.ContractName or ChatWaiting.ContractName))
        {
            return false;
        }

        if (open(kept) is not { } opened)
        {
            return true;
        }

        switch (kept.Type)
        {
            case ChatKept.ContractName:
                var record = (ChatKept)opened.ReadPayload(Contract.Of<ChatKept>());
                Remove(record.Place);
                var message = StoredMessage.Read(record.Message)[0];
                _messages[record.Place] = new(record.At, message, TokenEstimate.Of(message), opened.PayloadJson.Length);
                Bytes += opened.PayloadJson.Length;
                break;
            case ChatSummary.ContractName:
                _summary = (ChatSummary)opened.ReadPayload(Contract.Of<ChatSummary>());
                break;
            default:
                _waiting[kept.Id.Value] = ((ChatWaiting)opened.ReadPayload(Contract.Of<ChatWaiting>())).Message;
                break;
        }

        return true;
    }

    /// <summary>Forgets what the store keeps no more.</summary>
    public void Release(MessageId kept)
    {
        if (kept == SummaryId)
        {
            _summary = null;
        }
        else if (!_waiting.Remove(kept.Value) && FindPlace(kept) is { } place)
        {
            Remove(place);
        }
    }

    /// <summary>Notes what a turn has said to wait, before it is stored: the next turn may come to it before the store has.</summary>
    public void Await(MessageId kept, JsonElement message) => _waiting[kept.Value] = message;

    /// <summary>What waits under an id.</summary>
    /// <exception cref="JsonException">It cannot be read any more.</exception>
    public JsonElement FindWaiting(Guid kept) =>
        _waiting.TryGetValue(kept, out var message) ? message : throw new JsonException("What was said cannot be read any more.");

    /// <summary>The messages between two places, the first excluded.</summary>
    public IEnumerable<(long Place, DateTimeOffset At, ChatMessage Message)> Between(long behind, long through)
    {
        for (var i = IndexBehind(behind); i < _messages.Count && _messages.GetKeyAtIndex(i) <= through; i++)
        {
            var one = _messages.GetValueAtIndex(i);
            yield return (_messages.GetKeyAtIndex(i), one.At, one.Message);
        }
    }

    /// <summary>About how many tokens the messages behind a place hold.</summary>
    public long TokensBehind(long behind)
    {
        var tokens = 0L;
        for (var i = IndexBehind(behind); i < _messages.Count; i++)
        {
            tokens += _messages.GetValueAtIndex(i).Tokens;
        }

        return tokens;
    }

    /// <summary>The place up to which the oldest are to go so that no more are left than may be kept: always whole exchanges, and none from a place on. 0 for none.</summary>
    public long FindDropped(int kept, long keptBytes, long before)
    {
        var (count, bytes, dropped) = (_messages.Count, Bytes, 0L);
        for (var i = 0; i < IndexBehind(before - 1) && (count > kept || bytes > keptBytes); i++)
        {
            count--;
            bytes -= _messages.GetValueAtIndex(i).Bytes;
            dropped = _messages.GetKeyAtIndex(i);
            while (i + 1 < IndexBehind(before - 1) && _messages.GetValueAtIndex(i + 1).Message.Role != ChatRole.User)
            {
                i++;
                count--;
                bytes -= _messages.GetValueAtIndex(i).Bytes;
                dropped = _messages.GetKeyAtIndex(i);
            }
        }

        return dropped;
    }

    private long? FindPlace(MessageId kept)
    {
        Span<byte> bytes = stackalloc byte[16];
        kept.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[8] = 0;
        var place = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        return IdOf(place) == kept ? place : null;
    }

    private void Remove(long place)
    {
        if (_messages.Remove(place, out var old))
        {
            Bytes -= old.Bytes;
        }
    }

    private int IndexBehind(long place)
    {
        var (low, high) = (0, _messages.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _messages.GetKeyAtIndex(middle) <= place ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private sealed record Remembered(DateTimeOffset At, ChatMessage Message, int Tokens, long Bytes);
}
