using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Metadata;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Agents;

/// <summary>What all agents of a silo share.</summary>
internal sealed class AgentHost : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly ConcurrentDictionary<Type, HandlerTable> _handlers = new();
    private readonly AgentAddressing _addressing;
    private readonly AgentKinds _kinds;
    private readonly Delivery _delivery;
    private readonly OutgoingSignatures? _signatures;
    private readonly AuditKey? _auditKey;
    private readonly CancellationTokenSource _stopping = new();

    public AgentHost(
        IOptions<AgentOptions> options, IOptions<HandledWindow> window, IGrainFactory grains, GrainInterfaceTypeResolver types, AgentKinds kinds,
        TimeProvider time, ILogger<AgentHost> logger, IEnumerable<IAgentStore> stores, IEnumerable<AgentRegistration> registered, ILocalSiloDetails silo,
        GateChecks checks, IOptions<SignatureOptions> signatures, OutgoingSignatures? outgoing = null, PayloadCipher? cipher = null)
    {
        Options = options.Value;
        Window = window.Value;
        Time = time;
        Logger = logger;
        Store = stores.LastOrDefault();
        Checks = checks;
        ReplayAllowance = checks.Has(GateStage.Signature) ? signatures.Value.ClockAllowance : TimeSpan.Zero;
        _signatures = outgoing;
        Cipher = cipher;
        _addressing = new AgentAddressing(grains, types);
        _kinds = kinds;
        Silo = silo.SiloAddress;
        _delivery = new Delivery(Options.Delivery, time);
        _auditKey = Options.ReadAuditKey();
        foreach (var registration in registered)
        {
            // Also those that this silo lacks the label of: what is told to them waits for a silo that has it.
            kinds.Know(registration.Attribute.Kind);
        }
    }

    /// <summary>Ends when the silo begins to stop. Its agents end once no call of them is under way, so one that only waits ends by this.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public AgentOptions Options { get; }

    public HandledWindow Window { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public IAgentStore? Store { get; }

    /// <summary>The agents that are active on this silo.</summary>
    public ActiveTable Active { get; } = new();

    /// <summary>The agents of this silo that owe answers to messages of earlier turns.</summary>
    public ConcurrentDictionary<AgentId, byte> Owing { get; } = new();

    /// <summary>This silo's address.</summary>
    public SiloAddress Silo { get; }

    public GateChecks Checks { get; }

    /// <summary>For how long a signed message can come again; zero where signatures are not checked.</summary>
    public TimeSpan ReplayAllowance { get; }

    public HandlerTable HandlersOf(Type agentClass) => _handlers.GetOrAdd(
        agentClass, static (type, auditAll) => new HandlerTable(type, HandlerTable.FindAttribute(type), auditAll), Options.Audit);

    /// <summary>What the log of an agent gains; null where its class is not audited.</summary>
    public AuditTrail? OpenAudit(AgentId agent, HandlerTable handlers) =>
        handlers.IsAudited ? new AuditTrail(agent, _auditKey, Time) : null;

    /// <summary>What seals and opens payloads; null where nothing was said of encryption.</summary>
    public PayloadCipher? Cipher { get; }

    /// <summary>An ask from within a turn: bounded by the asking message's deadline (0 for none) and by the default, whichever ends first.</summary>
    public async ValueTask<Reply> AskAsync(Envelope envelope, long askersDeadline, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcTicks;
        var until = now + Options.AskTimeout.Ticks;
        envelope.StampDeadline(askersDeadline == 0 ? until : Math.Min(until, askersDeadline));
        using var deadline = new CancellationTokenSource(new TimeSpan(Math.Max(0, envelope.Deadline - now)), Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await SendAsync(envelope, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AgentTimeoutException(envelope.Id, RefusalCodes.Unreachable, $"{envelope.Recipient} did not answer {envelope.Contract} {envelope.Id} in time; the outcome is unknown.", e);
        }
    }

    void ILifecycleParticipant<ISiloLifecycle>.Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(AgentHost), ServiceLifecycleStage.Active, static _ => Task.CompletedTask, _ => _stopping.CancelAsync());

    /// <summary>Delivers, repeating what fails in passing.</summary>
    public async ValueTask<Reply> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (_kinds.FindFault(envelope.Recipient.Kind) is { } fault)
        {
            return Reply.Refused(fault);
        }

        return TrySign(ref envelope) is { } unsignable
            ? Reply.Refused(unsignable)
            : await _delivery.SendAsync(Find(envelope.Recipient), envelope, cancellationToken);
    }

    /// <summary>Delivers once. What failed in passing comes back as a refusal that says so.</summary>
    public async ValueTask<Reply> TryAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            var call = CallAsync(envelope);
            return await (cancellationToken.CanBeCanceled ? new ValueTask<Reply>(call.AsTask().WaitAsync(cancellationToken)) : call);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return ToReply(envelope, e);
        }
    }

    /// <summary>Delivers again, with growing pauses, while the answer is one to repeat for; the answer is the last one.</summary>
    /// <param name="envelope">The message.</param>
    /// <param name="first">What its first delivery came to.</param>
    /// <param name="isToRepeat">Whether to deliver again after an answer, the so many-th; asked before the pause and behind it.</param>
    /// <param name="stop">Has it delivered no more. What is under way is waited for, and nobody is told to stop.</param>
    public async ValueTask<Reply> RepeatAsync(Envelope envelope, Reply first, Func<Reply, int, bool> isToRepeat, CancellationToken stop)
    {
        var reply = first;
        for (var attempts = 1; isToRepeat(reply, attempts); attempts++)
        {
            await Task.Delay(Delivery.Pause(Options.Delivery, attempts, reply.Refusal), Time, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (stop.IsCancellationRequested || !isToRepeat(reply, attempts))
            {
                break;
            }

            reply = await TryAsync(envelope, CancellationToken.None);
        }

        return reply;
    }

    /// <summary>Delivers once, and fails with what the call failed with, which <see cref="ToReply"/> makes a reply of.</summary>
    public ValueTask<Reply> CallAsync(Envelope envelope) =>
        (_kinds.FindFault(envelope.Recipient.Kind) ?? TrySign(ref envelope)) is { } fault
            ? new(Reply.Refused(fault))
            : Find(envelope.Recipient).DeliverAsync(envelope);

    /// <summary>What a call that failed comes to: a refusal that says so where it failed in passing.</summary>
    public static Reply ToReply(Envelope envelope, Exception e) =>
        Delivery.IsTransient(e) ? Reply.Refused(Unreachable(envelope.Recipient, e)) : Delivery.ToReply(envelope, e);

    /// <summary>A message as its topic keeps it: signed by this silo where all must be, else without the publisher's signature, which was for its publishing.</summary>
    public Envelope ForKeeping(Envelope message)
    {
        message = message.WithExpiry(null);
        return _signatures?.SignForKeeping(message) ?? message.WithoutSignature();
    }

    private Refusal? TrySign(ref Envelope message)
    {
        try
        {
            message = _signatures?.Sign(message) ?? message;
            return null;
        }
        catch (CanonicalJsonException e)
        {
            return e.ToRefusal(message);
        }
    }

    /// <summary>Whether a message was tried often or long enough. One whose kind has no silo now waits for one, as long as its age allows.</summary>
    public bool IsExhausted(OutgoingMessage message, Refusal last) =>
        (message.Attempts > Options.Delivery.MaxRetries && last.Code != RefusalCodes.NoHost) || Time.GetUtcNow() - message.Since > Options.OutgoingAge;

    public static Refusal Unreachable(AgentId agent, Exception e) =>
        new(RefusalCodes.Unreachable, $"{agent} could not be reached ({e.GetType().Name}).");

    public IAgentGrain Find(AgentId agent) => _addressing.Find(agent);

    /// <summary>The kinds that the cluster hosts.</summary>
    public IReadOnlyList<KindDescription> ListKinds() => _kinds.List();

    public bool IsHosted(string kind) => _kinds.IsHosted(kind);

    /// <summary>Whether it is a kind of agents, be any of its silos there now or not.</summary>
    public bool IsKnown(string kind) => _kinds.IsKnown(kind);

    /// <summary>Another silo whose class of a kind handles a contract; null when there is none.</summary>
    public SiloAddress? FindSilo(string kind, Contract contract) => _kinds.FindSilo(kind, contract, Silo);
}
