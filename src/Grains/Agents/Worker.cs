using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>Does the work of one contract with an agent class. Made once per class, so that a piece of work costs no reflection.</summary>
internal abstract class Worker(Contract work, Contract done)
{
    public Contract Contract { get; } = work;

    /// <summary>What it ends with.</summary>
    public Contract Done { get; } = done;

    public abstract Task<object> WorkAsync(Agent agent, object work, WorkContext context, CancellationToken cancellationToken);

    /// <summary>All that a class does.</summary>
    /// <exception cref="InvalidOperationException">The class does not handle what its work ends with, or does one contract in two ways.</exception>
    public static IReadOnlyList<Worker> FindAll(Type agentClass, IReadOnlyCollection<Contract> handled)
    {
        var workers = agentClass.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IWork<,>))
            .Select(i => (Worker)Activator.CreateInstance(typeof(Worker<,>).MakeGenericType(i.GetGenericArguments()))!).ToArray();
        foreach (var worker in workers)
        {
            if (!handled.Contains(worker.Done))
            {
                throw new InvalidOperationException($"{agentClass} does work that ends with {worker.Done}, and has no handler for it; add IHandle<{worker.Done.MessageType!.Name}>.");
            }

            if (workers.Count(w => w.Contract == worker.Contract) > 1)
            {
                throw new InvalidOperationException($"{agentClass} does the work of {worker.Contract} in two ways; leave one IWork for it.");
            }
        }

        return workers;
    }
}

internal sealed class Worker<TWork, TDone>() : Worker(Contract.Of<TWork>(), Contract.Of<TDone>())
    where TWork : notnull
    where TDone : notnull
{
    public override async Task<object> WorkAsync(Agent agent, object work, WorkContext context, CancellationToken cancellationToken) =>
        await ((IWork<TWork, TDone>)agent).WorkAsync((TWork)work, context, cancellationToken);
}
