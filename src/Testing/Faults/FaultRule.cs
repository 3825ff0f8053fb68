using OrleansAgents.Messaging;

namespace OrleansAgents.Testing.Faults;

/// <summary>One line of a plan. A rule's place is part of its dice, so that a rule added behind it changes nothing.</summary>
internal sealed record FaultRule(
    int Place, FaultKind Kind, AddressPattern? From, AddressPattern To, When When, TimeSpan Least, TimeSpan Most)
{
    private const int HowLong = 1;

    public InjectedFault? Decide(int seed, string subject, int number, int attempt) =>
        When.Strikes(number, attempt, Dice.Roll(seed, Place, subject, number, attempt))
            ? new InjectedFault(Kind, subject, number, attempt, Least + ((Most - Least) * Dice.Roll(seed, Place, subject, number, attempt, HowLong)))
            : null;
}

/// <summary>
/// Numbers the messages of one link in the order they first came, and the tries of each. A repeat keeps its message's
/// number, so that the moment at which it comes changes nothing for the messages behind it.
/// </summary>
internal sealed class Ordinals
{
    private readonly Dictionary<MessageId, (int Number, int Tries)> _known = [];
    private int _count;

    public (int Number, int Try) Next(MessageId? message)
    {
        if (message is not { } id)
        {
            return (++_count, 1);
        }

        var (number, tries) = _known.TryGetValue(id, out var known) ? known : (++_count, 0);
        _known[id] = (number, tries + 1);
        return (number, tries + 1);
    }
}
