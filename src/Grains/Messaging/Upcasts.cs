namespace OrleansAgents.Messaging;

/// <summary>The way from an older version of a contract to one that is handled: one or several steps.</summary>
internal sealed class Upcast(Contract from, Contract to, UpcastStep[] steps)
{
    public Contract From { get; } = from;

    public Contract To { get; } = to;

    public object Read(Envelope message)
    {
        var value = message.ReadPayload(From);
        foreach (var step in steps)
        {
            value = step.Apply(value);
        }

        return value;
    }

    /// <summary>The way from a version that is older still.</summary>
    public Upcast Before(Contract older, UpcastStep step) => new(older, To, [step, .. steps]);
}

/// <summary>One step, made once per class, so that a message costs a call and no reflection.</summary>
internal abstract class UpcastStep
{
    public abstract object Apply(object old);
}

internal sealed class UpcastStep<TOld, TNew> : UpcastStep
    where TOld : notnull
    where TNew : IUpcastFrom<TOld, TNew>
{
    public override object Apply(object old) => TNew.Upcast((TOld)old);
}

/// <summary>Finds the ways from older versions to those that a class handles.</summary>
internal static class Upcasts
{
    /// <summary>
    /// The shortest way from each older version that is not handled itself; of two as short, that to the newer version.
    /// </summary>
    /// <exception cref="InvalidOperationException">A step is faulty; the message says which and why.</exception>
    public static IReadOnlyList<Upcast> Find(IReadOnlyList<Contract> handled)
    {
        var reached = handled.Select(c => (c.Name, c.Version)).ToHashSet();
        var found = new List<Upcast>();
        var open = new Queue<Upcast>(handled.OrderByDescending(c => c.Version).Select(c => new Upcast(c, c, [])));
        while (open.TryDequeue(out var upcast))
        {
            foreach (var step in FindSteps(upcast.From))
            {
                var older = Contract.Of(step.GetGenericArguments()[0]);
                if (FindFault(older, upcast.From) is { } fault)
                {
                    throw new InvalidOperationException($"{upcast.From.MessageType} is made from {older.MessageType}, but {fault}.");
                }

                if (reached.Add((older.Name, older.Version)))
                {
                    var longer = upcast.Before(older, Create(step));
                    found.Add(longer);
                    open.Enqueue(longer);
                }
            }
        }

        return found;
    }

    private static string? FindFault(Contract older, Contract newer) =>
        older.Name != newer.Name
            ? $"they are of different contracts, {older.Name} and {newer.Name}"
            : older.Version >= newer.Version
                ? $"its version, {older.Version}, is not lower than {newer.Version}; a version is made from lower ones only"
                : older.IsQuery != newer.IsQuery
                    ? "only one of them is a query; make both an IQuery<T>, or neither"
                    : older.ReplyType is not null && newer.ReplyType is null
                        ? "the older one asks for a reply and the newer one does not; make both an IRequest<T>"
                        : null;

    private static IEnumerable<Type> FindSteps(Contract contract) => contract.MessageType!.GetInterfaces()
        .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IUpcastFrom<,>) && i.GetGenericArguments()[1] == contract.MessageType)
        .OrderByDescending(i => Contract.Of(i.GetGenericArguments()[0]).Version);

    private static UpcastStep Create(Type step) =>
        (UpcastStep)Activator.CreateInstance(typeof(UpcastStep<,>).MakeGenericType(step.GetGenericArguments()))!;
}
