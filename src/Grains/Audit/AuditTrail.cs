using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Audit;

/// <summary>
/// What an audited agent's log gains: entries gather here, in order, and get their places and hashes when a commit takes
/// them along. A commit that fails takes the activation with it, and so the place that was reckoned here.
/// </summary>
internal sealed class AuditTrail(AgentId agent, AuditKey? key, TimeProvider time)
{
    /// <summary>How many refused messages are noted one by one in a second; the rest is only counted.</summary>
    public const int MostRefusals = 1000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private List<AuditEntry> _gathered = [];
    private AuditHead? _head;
    private DateTimeOffset _periodEnd, _countedSince;
    private int _refusals;
    private long _counted;

    /// <summary>Whether there is something to be stored now.</summary>
    public bool IsDue => _gathered.Count > 0 || (_counted > 0 && time.GetUtcNow() >= _periodEnd);

    /// <summary>Whether refused messages are being counted that no entry tells of yet.</summary>
    public bool IsCounting => _counted > 0;

    /// <summary>Goes on behind what the store has.</summary>
    public void Restore(AuditHead? head) => _head = head;

    /// <summary>Notes what became of a message.</summary>
    public void Note(Envelope message, Outcome outcome, string? code)
    {
        var now = time.GetUtcNow();
        if (outcome == Outcome.Refused && !TryCount(now))
        {
            return;
        }

        _gathered.Add(new AuditEntry
        {
            At = now,
            Id = message.Id.Value,
            Type = message.Type,
            Version = message.Version,
            Sender = message.Sender.ToString(),
            Outcome = outcome,
            Code = code,
        });
    }

    /// <summary>Has what was counted so far told of with the next commit, although its second is not over.</summary>
    public void CloseCount()
    {
        if (_counted > 0)
        {
            _gathered.Add(new AuditEntry { At = _countedSince, Outcome = Outcome.Refused, Count = _counted });
            _counted = 0;
        }
    }

    /// <summary>What the next commit takes along.</summary>
    public IReadOnlyList<AuditEntry> Take()
    {
        if (_counted > 0 && time.GetUtcNow() >= _periodEnd)
        {
            CloseCount();
        }

        if (_gathered.Count == 0)
        {
            return [];
        }

        var taken = _gathered;
        _gathered = [];
        for (var i = 0; i < taken.Count; i++)
        {
            taken[i] = AuditHash.Seal(taken[i], agent.ToString(), _head, key);
            _head = new AuditHead(taken[i].Sequence, taken[i].Hash);
        }

        return taken;
    }

    /// <summary>Whether a refused message is noted by itself; otherwise it is counted.</summary>
    private bool TryCount(DateTimeOffset now)
    {
        if (now >= _periodEnd)
        {
            CloseCount();
            (_periodEnd, _refusals) = (now + Period, 0);
        }

        if (_refusals < MostRefusals)
        {
            _refusals++;
            return true;
        }

        _countedSince = _counted++ == 0 ? now : _countedSince;
        return false;
    }
}
