namespace OrleansAgents.Audit;

/// <summary>What is wrong with a chain.</summary>
/// <param name="Sequence">The first sequence that it is wrong at.</param>
/// <param name="Kind">altered, missing, reordered or truncated.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record AuditFault(long Sequence, string Kind, string Message);

/// <summary>Checks a whole log line by line, and keeps nothing of it but where it stands.</summary>
/// <param name="keys">The keys there are; none where nobody gave any.</param>
/// <param name="head">A hash that the log must hold, because somebody noted it when it was the last; null for none.</param>
internal sealed class AuditChain(IReadOnlyList<AuditKey> keys, string? head = null)
{
    private string _before = AuditHash.Zero;
    private string _algorithm = AuditHash.Plain;
    private long _lines;

    /// <summary>How many entries are in order, from the first on.</summary>
    public long Entries { get; private set; }

    /// <summary>The times of the first and the last of them, as they stand there; null for none.</summary>
    public string? From { get; private set; }

    public string? To { get; private set; }

    /// <summary>The agent that the log is of, as its first entry says; null where it does not.</summary>
    public string? Agent { get; private set; }

    /// <summary>The hash of the last of them.</summary>
    public string Head => _before;

    /// <summary>The sequence of the entry whose hash was asked for; null while it was not met.</summary>
    public long? HeadSequence { get; private set; }

    /// <summary>What is wrong; null while all is in order.</summary>
    public AuditFault? Fault { get; private set; }

    /// <summary>Takes the next line.</summary>
    /// <exception cref="InvalidDataException">It is no audit log at all, or is keyed by a key that was not given.</exception>
    public void Add(ReadOnlyMemory<byte> json)
    {
        _lines++;
        var line = AuditLine.Read(json) ?? (_lines == 1 ? throw new InvalidDataException("The first line is no entry of an audit log; give what `agents audit export` wrote.") : null);
        if (Fault is null)
        {
            Fault = line is null ? Altered($"line {_lines} is no entry") : Check(line);
        }
        else if (line?.Sequence == Fault.Sequence && Fault.Kind == "missing")
        {
            Fault = new AuditFault(Fault.Sequence, "reordered", $"Entry {Fault.Sequence} is out of its place: it stands in line {_lines}.");
        }
    }

    /// <summary>Learns that no line follows.</summary>
    /// <exception cref="InvalidDataException">There was none.</exception>
    public void End()
    {
        if (Fault is not null)
        {
            return;
        }

        if (head is not null && HeadSequence is null)
        {
            Fault = new AuditFault(Entries + 1, "truncated", $"The log ends with entry {Entries}, and no entry has the hash {head}: what came behind is missing, or the hash is of another log.");
        }
        else if (Entries == 0)
        {
            throw new InvalidDataException("There is no entry in it; give what `agents audit export` wrote.");
        }
        else if (keys.Count > 0 && _algorithm == AuditHash.Plain)
        {
            Fault = new AuditFault(Entries, "altered", $"Entry {Entries}, the last, is not keyed, and so anybody could have written the log.");
        }
    }

    private AuditFault? Check(AuditLine line)
    {
        var expected = Entries + 1;
        if (line.Sequence > expected)
        {
            return new AuditFault(expected, "missing", $"Entry {expected} is missing: entry {line.Sequence} stands in its place.");
        }

        if (line.Sequence < expected)
        {
            return new AuditFault(line.Sequence, "reordered", $"Entry {line.Sequence} stands behind entry {Entries}: it is out of its place, or there twice.");
        }

        // Else whoever lacks the key could put a chain of his own behind one that has one.
        if (line.Algorithm == AuditHash.Plain && _algorithm != AuditHash.Plain)
        {
            return Altered("it is not keyed, and those before it are");
        }

        if (AuditHash.Of(_before, line.Hashed.Span, FindKey(line)) != line.Hash)
        {
            return Altered("its hash does not fit it and the entry before it");
        }

        Accept(line);
        return null;
    }

    private void Accept(AuditLine line)
    {
        (Entries, _before, _algorithm, To) = (line.Sequence, line.Hash, line.Algorithm, line.At);
        if (Entries == 1)
        {
            (From, Agent) = (line.At, line.Agent);
        }

        if (line.Hash == head)
        {
            HeadSequence = Entries;
        }
    }

    private AuditKey? FindKey(AuditLine line) =>
        line.Algorithm == AuditHash.Plain ? null
        : keys.FirstOrDefault(key => line.Algorithm == AuditHash.Algorithm(key))
            ?? throw new InvalidDataException(line.Algorithm.StartsWith(AuditHash.KeyedPrefix, StringComparison.Ordinal)
                ? $"Entry {line.Sequence} is keyed by the key {line.Algorithm[AuditHash.KeyedPrefix.Length..]}; give its file with --key-file."
                : $"Entry {line.Sequence} is hashed by '{line.Algorithm}', which this version does not know.");

    private AuditFault Altered(string why) => new(Entries + 1, "altered", $"Entry {Entries + 1} was altered: {why}.");
}
