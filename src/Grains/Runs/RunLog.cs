using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>The stored events of an active run, in order, and what they come to.</summary>
internal sealed class RunLog
{
    private readonly List<(byte[] Json, MessageId Kept)> _events = [];
    private readonly List<Saying> _history = [];
    private readonly OrderedDictionary<string, GrowingArtifact> _artifacts = new(StringComparer.Ordinal);
    private SortedDictionary<long, (RunEvent One, byte[] Json, MessageId Kept)>? _early;

    /// <summary>The place of the last event.</summary>
    public long Last => _events.Count;

    public double? Progress { get; private set; }

    /// <summary>The last change of state; null before the first.</summary>
    public RunEvent? Change { get; private set; }

    public IReadOnlyList<Saying> History => _history;

    public IEnumerable<MessageId> Kept => _events.Select(e => e.Kept);

    public IReadOnlyList<Artifact> Artifacts => [.. _artifacts.Select(a => a.Value.ToArtifact(a.Key))];

    /// <summary>An event by its place.</summary>
    public byte[] this[long sequence] => _events[(int)(sequence - 1)].Json;

    /// <summary>Takes up a stored event. The store gives those of an earlier activation back in any order.</summary>
    public void Add(RunEvent one, byte[] json, MessageId kept)
    {
        if (one.Sequence != Last + 1)
        {
            (_early ??= [])[one.Sequence] = (one, json, kept);
            return;
        }

        Append(one, json, kept);
        while (_early is not null && _early.Remove(Last + 1, out var next))
        {
            Append(next.One, next.Json, next.Kept);
        }
    }

    public void Clear()
    {
        _events.Clear();
        _history.Clear();
        _artifacts.Clear();
        (_early, Progress, Change) = (null, null, null);
    }

    private void Append(RunEvent one, byte[] json, MessageId kept)
    {
        _events.Add((json, kept));
        Progress = one.Progress ?? Progress;
        if (one.State is not null)
        {
            Change = one;
        }

        if (one.Message is not null)
        {
            _history.Add(one.Message);
        }

        if (one.Artifact is { } artifact)
        {
            if (!artifact.Append || !_artifacts.TryGetValue(artifact.Id, out var made))
            {
                _artifacts[artifact.Id] = made = new GrowingArtifact();
            }

            made.Add(artifact);
        }
    }
}
