using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>
/// The rules of a budget, over its state: no clock, no messages. A limit's window slides in steps of a sixtieth, so that
/// what is kept does not grow with the number of calls; spending counts for the window and up to one step more.
/// </summary>
internal sealed class BudgetLedger(BudgetState state, IReadOnlyList<KeyValuePair<string, SpendingLimit>> limits)
{
    /// <summary>How many closed reservations are known.</summary>
    public const int KeptClosed = 256;

    private const int Slots = 60;

    /// <summary>Sets something aside.</summary>
    /// <exception cref="AgentRefusedException">A limit would be passed.</exception>
    public BudgetReserved Reserve(Guid id, string owner, Spending estimate, TimeSpan within, DateTimeOffset now)
    {
        Expire(now);
        if (Find(id) is { } known)
        {
            return known.Owner == owner ? new(id, known.ExpiresAt) : throw new AgentRefusedException(RefusalCodes.NotAllowed, "Somebody else set something aside under this id.");
        }

        Demand(estimate, now);
        state.Open[id] = new Reservation(owner, estimate, now + within);
        return new(id, now + within);
    }

    /// <summary>Counts what was spent of what was set aside.</summary>
    /// <exception cref="AgentRefusedException">It is not known, or somebody else's.</exception>
    public void Settle(Guid id, string owner, Spending actual, DateTimeOffset now)
    {
        Expire(now);
        if (Find(id) is not { } known)
        {
            throw new AgentRefusedException(BudgetCodes.Unknown, "There is no such reservation, or it is long over.");
        }

        if (known.Owner != owner)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "Whoever set it aside settles it, and nobody else.");
        }

        if (state.Open.Remove(id))
        {
            Spend(actual, now);
            Close(new ClosedReservation(id, owner, known.ExpiresAt, Expired: null));
        }
        else if (state.Closed.FindIndex(c => c.Id == id && c.Expired is not null) is var index && index >= 0)
        {
            Spend(actual - state.Closed[index].Expired!, known.ExpiresAt);
            state.Closed[index] = state.Closed[index] with { Expired = null };
        }
    }

    public BudgetReading Read(DateTimeOffset now)
    {
        Expire(now);
        return new(state.Total, Reserved, [.. limits.Select(l => new LimitReading(
            l.Key, l.Value.Window, Spent(l.Key, now), l.Value.Tokens, l.Value.Cost, l.Value.Calls, l.Value.ToolCalls))]);
    }

    private (string Owner, DateTimeOffset ExpiresAt)? Find(Guid id) =>
        state.Open.TryGetValue(id, out var open) ? (open.Owner, open.ExpiresAt)
        : state.Closed.Find(c => c.Id == id) is { } closed ? (closed.Owner, closed.ExpiresAt)
        : null;

    private Spending Reserved => state.Open.Values.Aggregate(Spending.None, (sum, r) => sum + r.Estimate);

    /// <summary>What was not settled in time counts as spent, as of then: nobody knows better.</summary>
    private void Expire(DateTimeOffset now)
    {
        foreach (var (id, over) in state.Open.Where(r => r.Value.ExpiresAt <= now).OrderBy(r => r.Value.ExpiresAt).ToArray())
        {
            state.Open.Remove(id);
            Spend(over.Estimate, over.ExpiresAt);
            Close(new ClosedReservation(id, over.Owner, over.ExpiresAt, over.Estimate));
        }

        foreach (var (name, slots) in state.Limits.ToArray())
        {
            slots.RemoveAll(slot => slot.Until <= now);
            if (slots.Count == 0)
            {
                state.Limits.Remove(name);
            }
        }
    }

    private void Spend(Spending amount, DateTimeOffset at)
    {
        state.Total += amount;
        foreach (var (name, limit) in limits)
        {
            var step = limit.Window.Ticks / Slots;
            var from = new DateTimeOffset(at.UtcTicks / step * step, TimeSpan.Zero);
            if (!state.Limits.TryGetValue(name, out var slots))
            {
                state.Limits[name] = slots = [];
            }

            var index = slots.FindIndex(slot => slot.From == from);
            if (index >= 0)
            {
                slots[index] = slots[index] with { Spent = slots[index].Spent + amount };
            }
            else
            {
                slots.Insert(slots.FindLastIndex(slot => slot.From < from) + 1, new SpendingSlot(from, from + limit.Window + TimeSpan.FromTicks(step), amount));
            }
        }
    }

    private void Close(ClosedReservation reservation)
    {
        state.Closed.Add(reservation);
        if (state.Closed.Count > KeptClosed)
        {
            state.Closed.RemoveAt(0);
        }
    }

    private Spending Spent(string limit, DateTimeOffset now) => state.Limits.TryGetValue(limit, out var slots)
        ? slots.Where(slot => slot.Until > now).Aggregate(Spending.None, (sum, slot) => sum + slot.Spent)
        : Spending.None;

    private void Demand(Spending estimate, DateTimeOffset now)
    {
        var problems = new List<Problem>();
        DateTimeOffset? room = now;
        foreach (var (name, limit) in limits)
        {
            var taken = Spent(name, now) + Reserved;
            foreach (var (measure, most, asked, used, of) in Measures(limit, estimate, taken))
            {
                if (used + asked <= most)
                {
                    continue;
                }

                var free = asked > most ? null : FreesAt(name, used + asked - most, of, now);
                room = free is null ? null : room is { } at && free < at ? at : room is null ? null : free;
                problems.Add(new Problem($"/payload/estimate/{measure}", BudgetCodes.OverBudget, string.Create(
                    CultureInfo.InvariantCulture,
                    $"The limit '{name}' allows {most} {Word(measure)} in {limit.Window}; {used} are spent or set aside, and {asked} were asked for. {(free is { } when ? $"There is room at {when:O}." : "That never fits.")}")));
            }
        }

        if (problems.Count > 0)
        {
            throw new AgentRefusedException(Refusal.Of(problems) with { RetryAfterMs = room is { } at ? (int)Math.Min(int.MaxValue, Math.Ceiling((at - now).TotalMilliseconds)) : null });
        }
    }

    /// <summary>When enough of what counts now has left the window: what was spent as its time passes, and what is set aside at the latest as if it were spent when it expires.</summary>
    private DateTimeOffset? FreesAt(string name, decimal excess, Func<Spending, decimal> of, DateTimeOffset now)
    {
        var window = limits.First(l => l.Key == name).Value.Window;
        var leaving = (state.Limits.TryGetValue(name, out var slots) ? slots : []).Where(slot => slot.Until > now).Select(slot => (slot.Until, Amount: of(slot.Spent)))
            .Concat(state.Open.Values.Select(r => (Until: r.ExpiresAt + window + (window / Slots), Amount: of(r.Estimate))))
            .OrderBy(l => l.Until);
        foreach (var (until, amount) in leaving)
        {
            excess -= amount;
            if (excess <= 0)
            {
                return until;
            }
        }

        return null;
    }

    private static IEnumerable<(string Measure, decimal Most, decimal Asked, decimal Used, Func<Spending, decimal> Of)> Measures(
        SpendingLimit limit, Spending estimate, Spending taken)
    {
        (string Name, decimal? Most, Func<Spending, decimal> Of)[] all =
        [
            ("tokens", limit.Tokens, s => s.Tokens), ("cost", limit.Cost, s => s.Cost), ("calls", limit.Calls, s => s.Calls), ("toolCalls", limit.ToolCalls, s => s.ToolCalls),
        ];
        // A call that needs nothing of what is scarce is not kept from it.
        return all.Where(m => m.Most is not null && m.Of(estimate) > 0).Select(m => (m.Name, m.Most!.Value, m.Of(estimate), m.Of(taken), m.Of));
    }

    private static string Word(string measure) => measure switch { "cost" => "in cost", "toolCalls" => "calls of tools", _ => measure };
}
