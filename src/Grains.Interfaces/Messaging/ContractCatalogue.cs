using System.Collections.Concurrent;

namespace OrleansAgents.Messaging;

/// <summary>
/// The contracts whose records this process has, found by name and version. Filled at start from attributes, and by the
/// first use of a record; reading takes no lock.
/// </summary>
public sealed class ContractCatalogue
{
    private readonly ConcurrentDictionary<(string Name, int Version), Contract> _contracts = new();

    /// <summary>Adds the contract of a record. Adding it twice is harmless.</summary>
    /// <exception cref="InvalidOperationException">Another record claims the same name and version.</exception>
    public Contract Add(Type messageType)
    {
        var contract = Contract.Of(messageType);
        var known = _contracts.GetOrAdd((contract.Name, contract.Version), contract);
        return ReferenceEquals(known, contract)
            ? contract
            : throw new InvalidOperationException($"Both {known.MessageType} and {messageType} claim the contract {contract}; give one of them another name or version.");
    }

    /// <summary>The contract of that name and version; one without a type where this process has no record for it.</summary>
    public Contract Resolve(string name, int version) =>
        _contracts.TryGetValue((name, version), out var contract) ? contract : Contract.Untyped(name, version);
}
