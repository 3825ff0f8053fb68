using System.Collections.Frozen;
using System.Reflection;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Agents;

/// <summary>The handlers of one agent class, found by contract.</summary>
internal sealed class HandlerTable
{
    private readonly FrozenDictionary<Contract, Handler> _handlers;
    private readonly FrozenDictionary<(string Name, int Version), Handler> _byName;
    private readonly Handler? _any;
    private readonly IReadOnlyList<Worker> _workers;

    public HandlerTable(Type agentClass, AgentAttribute attribute, bool auditAll = false)
    {
        Kind = attribute.Kind;
        IsAudited = FindAudited(agentClass, attribute, auditAll);
        Reentrant = attribute.Reentrant;
        TakesWholeMessages = Kind is DeadLetters.DeadLetterAddress.Kind or Conversations.ConversationAddress.Kind;
        _any = typeof(IRelay).IsAssignableFrom(agentClass) ? new RelayHandler(Kind)
            : typeof(IHandleAny).IsAssignableFrom(agentClass) ? new AnyHandler(Kind)
            : null;
        var handled = FindInterfaces(agentClass).Select(i => Create(i, upcast: null)).ToDictionary(h => h.Contract!);
        foreach (var upcast in Upcasts.Find([.. handled.Keys]))
        {
            handled[upcast.From] = Create(handled[upcast.To].HandlerInterface, upcast);
        }

        if (IsAudited)
        {
            handled[Contract.Of<AuditRead>()] = new AuditHandler(Kind);
        }

        _workers = Worker.FindAll(agentClass, handled.Keys);
        if (_workers.Count > 0)
        {
            // What a class does not see to itself, the runtime does.
            handled.TryAdd(Contract.Of<WorkFailed>(), new WorkFailedHandler(Kind));
            handled.TryAdd(Contract.Of<RunOver>(), new RunOverHandler(Kind));
        }

        foreach (var own in _workers.Select(w => w.Done).Append(Contract.Of<WorkFailed>()).Where(handled.ContainsKey))
        {
            handled[own].IsOwn = true;
        }

        _handlers = handled.ToFrozenDictionary();
        _byName = _handlers.Values.ToFrozenDictionary(h => (h.Contract!.Name, h.Contract.Version));
    }

    public string Kind { get; }

    public bool Reentrant { get; }

    /// <summary>Whether the class takes the answers to questions that no turn waits for.</summary>
    public bool HandlesAnswers => _byName.ContainsKey((Answers.ContractName, 1));

    /// <summary>Whether what is sent to its agents is noted in their audit logs.</summary>
    public bool IsAudited { get; }

    /// <summary>Whether payloads hold whole messages, whose own payloads may be as large as the limit.</summary>
    public bool TakesWholeMessages { get; }

    /// <summary>Every contract that a class accepts, older versions that it makes newer ones of included.</summary>
    /// <exception cref="InvalidOperationException">A handled type is no contract, or the way from an older version is faulty.</exception>
    public static IEnumerable<Contract> FindContracts(Type agentClass)
    {
        var handled = FindHandled(agentClass);
        return handled.Concat(Upcasts.Find(handled).Select(u => u.From));
    }

    /// <summary>Whether a class is audited: only durable agents have a log.</summary>
    /// <exception cref="InvalidOperationException">It is to be and keeps nothing.</exception>
    public static bool FindAudited(Type agentClass, AgentAttribute attribute, bool auditAll)
    {
        var isDurable = typeof(IDurableAgent).IsAssignableFrom(agentClass);
        return attribute.Audited && !isDurable
            ? throw new InvalidOperationException($"[Agent(\"{attribute.Kind}\", Audited = true)] on {agentClass}: only a durable agent has an audit log; derive it from Agent<TState>.")
            : isDurable && (attribute.Audited || auditAll);
    }

    /// <summary>The contracts that a class has handlers for, and that of runs which are over, where the runtime handles it for the class.</summary>
    /// <exception cref="InvalidOperationException">A handled type is no contract.</exception>
    public static Contract[] FindHandled(Type agentClass)
    {
        Contract[] own = [.. FindInterfaces(agentClass).Select(i => Contract.Of(i.GetGenericArguments()[0]))];
        var over = Contract.Of<RunOver>();
        return Worker.FindAll(agentClass, own).Count > 0 && !own.Contains(over) ? [.. own, over] : own;
    }

    /// <summary>The agent attribute of a class.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public static AgentAttribute FindAttribute(Type agentClass) => agentClass.GetCustomAttribute<AgentAttribute>()
        ?? throw new InvalidOperationException($"{agentClass} has no [Agent(\"kind\")].");

    /// <summary>The handler of a contract, by reference where it can be; null when the class does not handle it.</summary>
    public Handler? Find(Contract contract) =>
        _handlers.TryGetValue(contract, out var handler) || _byName.TryGetValue((contract.Name, contract.Version), out handler)
            ? handler
            : _any;

    /// <summary>What does the work of a contract; null when the class does none.</summary>
    public Worker? FindWorker(string name, int version) => _workers.FirstOrDefault(w => w.Contract.Name == name && w.Contract.Version == version);

    /// <summary>Why there is no handler.</summary>
    public Refusal Refuse(Contract contract)
    {
        var versions = string.Join(", ", _handlers.Keys.Where(c => c.Name == contract.Name).Select(c => c.Version).Order());
        return versions.Length > 0
            ? new Refusal(RefusalCodes.UnknownVersion, $"The kind '{Kind}' handles {contract.Name} in version {versions}, not in version {contract.Version}.")
            : new Refusal(RefusalCodes.UnknownContract, $"The kind '{Kind}' does not handle {contract}. It handles: {string.Join(", ", _handlers.Keys.Select(c => c.ToString()).Order(StringComparer.Ordinal))}.");
    }

    private Handler Create(Type handle, Upcast? upcast)
    {
        var arguments = handle.GetGenericArguments();
        var type = arguments.Length == 2
            ? typeof(RequestHandler<,>).MakeGenericType(arguments)
            : typeof(MessageHandler<>).MakeGenericType(arguments);
        return (Handler)Activator.CreateInstance(type, Kind, handle, upcast)!;
    }

    private static IEnumerable<Type> FindInterfaces(Type agentClass) => agentClass.GetInterfaces().Where(i =>
        i.IsGenericType && (i.GetGenericTypeDefinition() == typeof(IHandle<,>) || i.GetGenericTypeDefinition() == typeof(IHandle<>)));
}
