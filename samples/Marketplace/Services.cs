using OrleansAgents.Agents;

namespace OrleansAgents.Samples.Marketplace;

public sealed class BankState
{
    public IDictionary<string, decimal> Accounts { get; set; } = new Dictionary<string, decimal>(StringComparer.Ordinal);

    public IDictionary<string, TransferMoney> Transfers { get; set; } = new Dictionary<string, TransferMoney>(StringComparer.Ordinal);
}

/// <summary>Keeps everybody's money.</summary>
[Agent("bank", Description = "Keeps everybody's money.")]
public sealed class Bank : Agent<BankState>, IHandle<OpenAccount>, IHandle<TransferMoney, Transferred>, IHandle<RefundMoney>, IHandle<ReadAccounts, Accounts>
{
    public ValueTask HandleAsync(OpenAccount message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Accounts.TryAdd(message.Owner, message.Amount);
        return default;
    }

    public ValueTask<Transferred> HandleAsync(TransferMoney request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Accounts.TryGetValue(request.From, out var balance) is false || balance < request.Amount)
        {
            throw new AgentRefusedException("bank.too-little", $"{request.From} has {balance}, and {request.Amount} are to be paid.");
        }

        Move(request.From, request.To, request.Amount);
        State.Transfers[request.Purchase] = request;
        return new(new Transferred(State.Accounts[request.From]));
    }

    public ValueTask HandleAsync(RefundMoney message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Transfers.TryGetValue(message.Purchase, out var transfer))
        {
            State.Transfers.Remove(message.Purchase);
            Move(transfer.To, transfer.From, transfer.Amount);
        }

        return default;
    }

    public ValueTask<Accounts> HandleAsync(ReadAccounts request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Accounts((long)(State.Accounts.Values.Sum() * 100), State.Transfers.Count));

    private void Move(string from, string to, decimal amount)
    {
        State.Accounts[from] -= amount;
        State.Accounts[to] = (State.Accounts.TryGetValue(to, out var balance) ? balance : 0) + amount;
    }
}

/// <summary>Brings parcels anywhere but nowhere.</summary>
[Agent("courier", Description = "Brings parcels.")]
public sealed class Courier : Agent, IHandle<DeliverParcel, Delivered>
{
    public ValueTask<Delivered> HandleAsync(DeliverParcel request, AgentContext context, CancellationToken cancellationToken) =>
        request.Address == "nowhere"
            ? throw new AgentRefusedException("courier.no-such-place", "There is no such place.")
            : new(new Delivered(request.Parcel));
}
