using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Conversations;

/// <summary>The notes of an active conversation, in order of arrival, and found by what they are about. They stay as they came, sealed or not.</summary>
internal sealed class KeptNotes
{
    // What must be known of a note without reading it stands in its headers.
    private const string SequenceHeader = "sequence", KeyHeader = "about", OutcomeHeader = "outcome";

    private readonly List<KeptNote> _inOrder = [];
    private readonly Dictionary<MessageId, KeptNote> _byKey = [];

    public IReadOnlyList<KeptNote> InOrder => _inOrder;

    /// <summary>Takes up what the store kept.</summary>
    public void Restore(IEnumerable<Envelope> kept)
    {
        foreach (var note in kept.Select(Read).OfType<KeptNote>().OrderBy(n => n.Sequence))
        {
            Add(note);
        }
    }

    public KeptNote? Find(MessageId key) => _byKey.GetValueOrDefault(key);

    /// <summary>The message that the store is to keep.</summary>
    public Envelope Add(Envelope note, MessageId key, long sequence, Outcome outcome)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SequenceHeader] = sequence.ToString(CultureInfo.InvariantCulture),
            [KeyHeader] = key.ToString(),
            [OutcomeHeader] = outcome.ToString(),
        };
        // Only the bytes: the record beside them would take the same room again for as long as the agent is active.
        var kept = note.WithExpiry(null).WithPayload(note.PayloadJson, new EnvelopeExtras { Headers = headers, Encryption = note.Extras?.Encryption });
        Add(new KeptNote(sequence, key, outcome, kept));
        return kept;
    }

    public void Remove(KeptNote note)
    {
        _byKey.Remove(note.Key);
        _inOrder.Remove(note);
    }

    public void Clear()
    {
        _byKey.Clear();
        _inOrder.Clear();
    }

    /// <summary>Where the notes behind a sequence begin.</summary>
    public int IndexAfter(long sequence)
    {
        var (from, to) = (0, _inOrder.Count);
        while (from < to)
        {
            var middle = from + (to - from) / 2;
            (from, to) = _inOrder[middle].Sequence <= sequence ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    private void Add(KeptNote note)
    {
        _inOrder.Add(note);
        _byKey[note.Key] = note;
    }

    private static KeptNote? Read(Envelope kept) =>
        kept.Extras?.Headers is { } headers
        && long.TryParse(headers.GetValueOrDefault(SequenceHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
        && MessageId.TryParse(headers.GetValueOrDefault(KeyHeader), out var key)
        && Enum.TryParse<Outcome>(headers.GetValueOrDefault(OutcomeHeader), out var outcome)
            ? new KeptNote(sequence, key, outcome, kept)
            : null;
}

/// <summary>One note.</summary>
/// <param name="Sequence">Its place.</param>
/// <param name="Key">Which message at which recipient it is about.</param>
/// <param name="Outcome">What became of that.</param>
/// <param name="Message">The note as the store keeps it.</param>
internal sealed record KeptNote(long Sequence, MessageId Key, Outcome Outcome, Envelope Message);
