using System.Runtime.InteropServices;

namespace OrleansAgents.Directory;

/// <summary>
/// Registered agents of one kind in the order of their keys, each once. They lie in short arrays one behind the other, so
/// that one takes a pointer or two of memory, and putting or removing one costs the logarithm of their number.
/// </summary>
internal sealed class AgentsByKey
{
    private const int LongestRun = 128;

    // None of them is empty, and each begins behind the end of the one before.
    private readonly List<List<Registered>> _runs = [];

    public int Count { get; private set; }

    /// <summary>Puts one; nothing happens where its key is there already.</summary>
    public void Add(Registered agent)
    {
        if (_runs.Count == 0)
        {
            _runs.Add([]);
        }

        var at = FindRun(agent.Key);
        var run = _runs[at];
        var place = Find(run, agent.Key);
        if (place >= 0)
        {
            return;
        }

        place = ~place;
        if (run.Count == LongestRun)
        {
            // Before it would grow, and behind the last where agents register in order, so that they fill what they leave.
            var keep = at == _runs.Count - 1 && place == LongestRun ? LongestRun : LongestRun / 2;
            _runs.Insert(at + 1, run[keep..]);
            run.RemoveRange(keep, LongestRun - keep);
            (run, place) = place < keep ? (run, place) : (_runs[at + 1], place - keep);
        }

        Count++;
        run.Insert(place, agent);
    }

    /// <summary>Removes the one with a key; nothing happens where there is none.</summary>
    public void Remove(string key)
    {
        var at = FindRun(key);
        if (at >= _runs.Count || Find(_runs[at], key) is var place && place < 0)
        {
            return;
        }

        Count--;
        _runs[at].RemoveAt(place);
        if (_runs[at].Count == 0)
        {
            _runs.RemoveAt(at);
        }
        else if (at + 1 < _runs.Count && _runs[at].Count + _runs[at + 1].Count <= LongestRun / 2)
        {
            _runs[at].AddRange(_runs[at + 1]);
            _runs.RemoveAt(at + 1);
        }
    }

    /// <summary>Those whose keys come behind one; all for null.</summary>
    public IEnumerable<Registered> Behind(string? key)
    {
        var place = 0;
        for (var at = key is null ? 0 : FindRun(key); at < _runs.Count; at++)
        {
            var run = _runs[at];
            if (key is not null)
            {
                place = Find(run, key);
                place = place < 0 ? ~place : place + 1;
                key = null;
            }

            for (; place < run.Count; place++)
            {
                yield return run[place];
            }

            place = 0;
        }
    }

    /// <summary>The last run that begins with the key or before it; the first where none does.</summary>
    private int FindRun(string key)
    {
        int low = 0, high = _runs.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (string.CompareOrdinal(_runs[middle][0].Key, key) <= 0)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private static int Find(List<Registered> run, string key) => CollectionsMarshal.AsSpan(run).BinarySearch(new KeyPlace(key));

    private readonly struct KeyPlace(string key) : IComparable<Registered>
    {
        public int CompareTo(Registered? other) => string.CompareOrdinal(key, other!.Key);
    }
}
