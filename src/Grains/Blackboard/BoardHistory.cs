using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Blackboard;

/// <summary>
/// The changes that a board keeps. Each is a message under an id that the version gives, so that one is found and dropped
/// without a list of them.
/// </summary>
internal sealed class BoardHistory(AgentId board, LaterMessages stored)
{
    // Those whose commit may not be stored yet. One of a turn that failed stands here until the next turn makes its version.
    private readonly Dictionary<long, Envelope> _recent = [];
    private long _first;

    /// <summary>Keeps the change that leads to a version, and gives its length in bytes. Those up to <paramref name="oldest"/> were dropped before.</summary>
    public int Keep(AgentContext context, BlackboardEntry entry, long oldest)
    {
        while (_recent.Count > 0 && _first < entry.Diff.Version && (_first <= oldest || stored.Messages.ContainsKey(IdOf(_first))))
        {
            _recent.Remove(_first++);
        }

        _first = _recent.Count == 0 ? entry.Diff.Version : _first;
        var message = Envelope.Create(board, board, entry).WithId(IdOf(entry.Diff.Version));
        _recent[entry.Diff.Version] = message;
        context.Keep(message);
        return message.PayloadJson.Length;
    }

    /// <summary>Drops the change that leads to a version, and gives its length in bytes.</summary>
    public int Drop(AgentContext context, long version)
    {
        var length = Find(version).PayloadJson.Length;
        context.CancelScheduled(IdOf(version));
        return length;
    }

    public BlackboardEntry Read(long version) => (BlackboardEntry)Find(version).ReadPayload(Contract.Of<BlackboardEntry>());

    public int LengthOf(long version) => Find(version).PayloadJson.Length;

    private Envelope Find(long version) =>
        stored.Messages.TryGetValue(IdOf(version), out var kept) ? kept.Envelope : _recent[version];

    private MessageId IdOf(long version)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{board}@{version}"))).AsSpan(0, 16);
        // A UUID of version 8, which says that its maker chose how it is made.
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new MessageId(new Guid(hash, bigEndian: true));
    }
}
