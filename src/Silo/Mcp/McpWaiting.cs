using OrleansAgents.Agents;

namespace OrleansAgents.Mcp;

/// <summary>
/// The calls of this silo that are to be one run, repeats of one another, so that one that leaves does not take the run from
/// another: a run is given up once the call that began it has left, and all others here have, too. Waiting for a run by a call
/// of another kind changes nothing.
/// </summary>
internal sealed class McpWaiting
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(AgentId Owner, string Run), Group> _waiting = [];

    /// <summary>Has a call wait, until it leaves or ends.</summary>
    public Place Join(AgentId owner, string run)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue((owner, run), out var group))
            {
                _waiting[(owner, run)] = group = new Group();
            }

            group.Calls++;
            return new Place(this, (owner, run), group);
        }
    }

    /// <summary>How many calls wait here for a run.</summary>
    public int Count(AgentId owner, string run)
    {
        lock (_gate)
        {
            return _waiting.TryGetValue((owner, run), out var group) ? group.Calls : 0;
        }
    }

    /// <summary>A call that waits.</summary>
    public sealed class Place : IDisposable
    {
        private readonly McpWaiting _all;
        private readonly (AgentId Owner, string Run) _key;
        private readonly Group _group;
        private bool _isOver;

        internal Place(McpWaiting all, (AgentId Owner, string Run) key, Group group) => (_all, _key, _group) = (all, key, group);

        /// <summary>Whether it began the run, as far as is known.</summary>
        public bool IsFirst { get; set; }

        /// <summary>Ends the wait because the caller has left. Whether the run is to be cancelled, for nobody wants it any more.</summary>
        public bool Leave()
        {
            lock (_all._gate)
            {
                _group.IsGivenUp |= IsFirst;
                return End() && _group.IsGivenUp;
            }
        }

        /// <summary>Ends the wait because the caller has its answer.</summary>
        public void Dispose()
        {
            lock (_all._gate)
            {
                End();
            }
        }

        private bool End()
        {
            if (_isOver || --_group.Calls > 0)
            {
                _isOver = true;
                return false;
            }

            _isOver = true;
            return _all._waiting.Remove(_key);
        }
    }

    internal sealed class Group
    {
        public int Calls { get; set; }

        public bool IsGivenUp { get; set; }
    }
}
