using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Testing.Faults;

/// <summary>
/// What goes wrong in a test cluster. Each decision is a function of the seed, the rule, the link and the number of the
/// message on it, so a seed that fails a test fails it again, as long as the agents send the same messages over each
/// link in the same order. The first rule that strikes a try is the only one. One plan serves one cluster. Thread-safe.
/// </summary>
/// <param name="seed">Any number. Put it into the names or messages of failing tests.</param>
public sealed class FaultPlan(int seed)
{
    private readonly Lock _lock = new();
    private readonly List<FaultRule> _rules = [];
    private readonly List<InjectedFault> _injected = [];
    private readonly Dictionary<string, Ordinals> _ordinals = new(StringComparer.Ordinal);
    private bool _isPaused;

    /// <summary>What the decisions depend on.</summary>
    public int Seed { get; } = seed;

    /// <summary>The faults injected so far, in the order they struck.</summary>
    public IReadOnlyList<InjectedFault> Injected
    {
        get
        {
            lock (_lock)
            {
                return [.. _injected];
            }
        }
    }

    /// <summary>
    /// Faults of the messages between two addresses, in which <c>*</c> stands for any characters: <c>client/*</c> to
    /// <c>pricer/*</c>. The sender is the agent that sends, also where it passes on what somebody else wrote, and for
    /// messages from outside the address that the client sends from.
    /// </summary>
    /// <exception cref="ArgumentException">A pattern is empty.</exception>
    public LinkFaults Link(string from = "*", string to = "*") => new(this, new AddressPattern(from), new AddressPattern(to));

    /// <summary>Faults of the commits of agents, named by a pattern as in <see cref="Link"/>.</summary>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public CommitFaults Commits(string agent = "*") => new(this, new AddressPattern(agent));

    /// <summary>Crashes agents, named by a pattern, behind messages that they answered. <paramref name="when"/> counts the messages of each agent.</summary>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public FaultPlan Restart(string agent, When when)
    {
        Add(FaultKind.Restart, from: null, new AddressPattern(agent), when, default, default);
        return this;
    }

    /// <summary>Injects nothing until <see cref="Resume"/>; messages are counted on, so decisions stay the same.</summary>
    public void Pause() => SetPaused(true);

    /// <summary>Ends a <see cref="Pause"/>.</summary>
    public void Resume() => SetPaused(false);

    /// <summary>The seed and every fault so far, a line each: for the message of a failing test.</summary>
    public override string ToString()
    {
        var injected = Injected;
        return $"seed {Seed}, {injected.Count} faults" + string.Concat(injected.Select(f => $"{Environment.NewLine}  {f}"));
    }

    internal void Add(FaultKind kind, AddressPattern? from, AddressPattern to, When when, TimeSpan least, TimeSpan most)
    {
        lock (_lock)
        {
            _rules.Add(new FaultRule(_rules.Count, kind, from, to, when, least, most));
        }
    }

    /// <summary>What befalls a try of a message; null for nothing.</summary>
    internal InjectedFault? StrikeMessage(AgentId from, AgentId to, MessageId message) => Strike(
        $"{from} -> {to}", message, rule => rule.From is { } sender && sender.Matches(from.ToString()) && rule.To.Matches(to.ToString()));

    /// <summary>What befalls an agent's next commit; null for nothing.</summary>
    internal InjectedFault? StrikeCommit(AgentId agent) => Strike(
        agent.ToString(), message: null, rule => rule.From is null && rule.Kind != FaultKind.Restart && rule.To.Matches(agent.ToString()));

    /// <summary>Whether an agent crashes behind a message that it answered.</summary>
    internal bool StrikeAgent(AgentId agent, MessageId message) => Strike(
        $"-> {agent}", message, rule => rule.Kind == FaultKind.Restart && rule.To.Matches(agent.ToString())) is not null;

    private InjectedFault? Strike(string subject, MessageId? message, Func<FaultRule, bool> concerns)
    {
        lock (_lock)
        {
            if (!_ordinals.TryGetValue(subject, out var ordinals))
            {
                _ordinals[subject] = ordinals = new Ordinals();
            }

            var (number, attempt) = ordinals.Next(message);
            var fault = _isPaused ? null : _rules.Where(concerns).Select(r => r.Decide(Seed, subject, number, attempt)).FirstOrDefault(f => f is not null);
            if (fault is not null)
            {
                _injected.Add(fault);
            }

            return fault;
        }
    }

    private void SetPaused(bool paused)
    {
        lock (_lock)
        {
            _isPaused = paused;
        }
    }
}
