using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;

namespace OrleansAgents.Tests.Patterns;

[Contract("test.book")]
public sealed record Book(string Id, int Number = 0) : IRequest<Booked>;

public sealed record Booked(string Id, int Number);

[Contract("test.unbook")]
public sealed record Unbook(string Id, int Number = 0) : IRequest<Booked>;

[Contract("test.read-ledger")]
public sealed record ReadLedger : IQuery<LedgerReading>;

public sealed record LedgerReading(IReadOnlyDictionary<string, int> Booked, IReadOnlyList<string> Unbooked);

public sealed class LedgerState
{
    public IDictionary<string, int> Booked { get; set; } = new Dictionary<string, int>(StringComparer.Ordinal);

    public IList<string> Unbooked { get; set; } = [];

    public int Number { get; set; }
}

/// <summary>
/// Books things and takes bookings back. Its key says what it does besides: <c>full-…</c> refuses to book, <c>broken-…</c>
/// fails to take back, <c>silent-…</c> books and does not answer in time, <c>shaky-…</c> fails each booking once.
/// </summary>
[Agent("books")]
public sealed class LedgerAgent : Agent<LedgerState>, IHandle<Book, Booked>, IHandle<Unbook, Booked>, IHandle<ReadLedger, LedgerReading>
{
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);

    public async ValueTask<Booked> HandleAsync(Book request, AgentContext context, CancellationToken cancellationToken)
    {
        if (Id.Key.StartsWith("full-", StringComparison.Ordinal))
        {
            throw new AgentRefusedException("ledger.full", "It is full.");
        }

        if (Id.Key.StartsWith("shaky-", StringComparison.Ordinal) && _failed.Add(request.Id))
        {
            throw new InvalidOperationException("It fails once, on purpose.");
        }

        if (Id.Key.StartsWith("silent-", StringComparison.Ordinal))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        State.Booked[request.Id] = State.Booked.TryGetValue(request.Id, out var before) ? before + 1 : 1;
        return new Booked(request.Id, ++State.Number);
    }

    public ValueTask<Booked> HandleAsync(Unbook request, AgentContext context, CancellationToken cancellationToken)
    {
        if (Id.Key.StartsWith("broken-", StringComparison.Ordinal) && !Repaired.Contains(Id.Key))
        {
            throw new InvalidOperationException("It fails on purpose.");
        }

        if (State.Booked.TryGetValue(request.Id, out var count))
        {
            State.Booked[request.Id] = count - 1;
        }

        State.Unbooked.Add($"{request.Id} {request.Number}");
        return new(new Booked(request.Id, request.Number));
    }

    public ValueTask<LedgerReading> HandleAsync(ReadLedger request, AgentContext context, CancellationToken cancellationToken) =>
        new(new LedgerReading(State.Booked.Where(b => b.Value != 0).ToDictionary(b => b.Key, b => b.Value, StringComparer.Ordinal), [.. State.Unbooked]));

    /// <summary>The broken ones that somebody repaired.</summary>
    public static System.Collections.Concurrent.ConcurrentBag<string> Repaired { get; } = [];
}
