using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Testing.Probes;

/// <summary>
/// An agent of the test: it takes every message, keeps it, and lets the test wait for it. A message that comes twice under
/// one id is kept once. Its messages survive the silo that it ran in. Thread-safe.
/// </summary>
public sealed class AgentProbe
{
    /// <summary>The kind of probes: the probe <c>audit</c> is the agent <c>probe/audit</c>.</summary>
    public const string Kind = "probe";

    private const int Shown = 20;

    private readonly AgentTestCluster _cluster;
    private readonly Lock _lock = new();
    private readonly List<Envelope> _messages = [];
    private readonly HashSet<MessageId> _known = [];
    private readonly HashSet<MessageId> _expected = [];
    private readonly Dictionary<(string, int), Func<Envelope, object?>> _answers = [];
    private TaskCompletionSource _more = New();

    internal AgentProbe(AgentTestCluster cluster, AgentId id) => (_cluster, Id) = (cluster, id);

    /// <summary>Its address, to give to the agents under test.</summary>
    public AgentId Id { get; }

    /// <summary>Everything it got, in the order in which it came.</summary>
    public IReadOnlyList<Envelope> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Everything of one contract that it got, in the order in which it came.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is no contract.</exception>
    public IReadOnlyList<T> MessagesOf<T>()
        where T : notnull
    {
        var contract = Contract.Of<T>();
        return [.. Messages.Where(m => Is(m, contract)).Select(Read<T>)];
    }

    /// <summary>
    /// Waits for a message of a contract; one that came before will do. Each message is given out once, so two calls wait
    /// for two messages.
    /// </summary>
    /// <param name="predicate">Which one; null for any of the contract.</param>
    /// <param name="timeout">How long, in real time; null for the cluster's patience, 30 seconds unless told.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProbeException">None came; the message lists what did.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is no contract.</exception>
    public async Task<T> ExpectAsync<T>(
        Func<T, bool>? predicate = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where T : notnull
    {
        var contract = Contract.Of<T>();
        var patience = timeout ?? _cluster.Patience;
        using var end = new CancellationTokenSource(patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                more = _more.Task;
                if (Take(contract, predicate, out var found))
                {
                    return found!;
                }
            }

            try
            {
                await more.WaitAsync(either.Token);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ProbeException($"{Id} expected {contract}{(predicate is null ? "" : " that fits the condition")}, and none came in {patience.TotalSeconds:0.##} s. {Describe()}", e);
            }
        }
    }

    /// <summary>
    /// Waits until the cluster rests, and checks that no message of the contract came but those that were expected. It does
    /// not wait longer than the work takes. See <see cref="AgentTestCluster.IdleAsync"/> for what rest means.
    /// </summary>
    /// <param name="predicate">Which ones must not have come; null for any of the contract.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProbeException">One came; the message lists what did.</exception>
    /// <exception cref="TimeoutException">The cluster does not come to rest.</exception>
    public async Task ExpectNothingAsync<T>(Func<T, bool>? predicate = null, CancellationToken cancellationToken = default)
        where T : notnull
    {
        await _cluster.IdleAsync(cancellationToken: cancellationToken);
        lock (_lock)
        {
            if (Take(Contract.Of<T>(), predicate, out _))
            {
                throw new ProbeException($"{Id} expected no {Contract.Of<T>()}{(predicate is null ? "" : " that fits the condition")}. {Describe()}");
            }
        }
    }

    /// <summary>As <see cref="ExpectNothingAsync{T}"/>, for messages of every contract.</summary>
    /// <inheritdoc cref="ExpectNothingAsync{T}" path="/exception"/>
    public async Task ExpectNothingAsync(CancellationToken cancellationToken = default)
    {
        await _cluster.IdleAsync(cancellationToken: cancellationToken);
        lock (_lock)
        {
            if (_expected.Count < _messages.Count)
            {
                throw new ProbeException($"{Id} expected nothing more. {Describe()}");
            }
        }
    }

    /// <summary>
    /// Answers requests of a contract from now on; without it a request is refused as <c>probe-has-no-answer</c>. What
    /// <paramref name="answer"/> throws becomes the agent's failure or refusal, as in a handler.
    /// </summary>
    public void Answer<TRequest, TReply>(Func<TRequest, TReply> answer)
        where TRequest : IRequest<TReply>
    {
        var contract = Contract.Of<TRequest>();
        lock (_lock)
        {
            _answers[(contract.Name, contract.Version)] = envelope => answer(Read<TRequest>(envelope));
        }
    }

    /// <summary>Tells an agent in the probe's name, from outside, so that what it replies comes here.</summary>
    /// <inheritdoc cref="AgentHandle.TellAsync" path="/exception"/>
    public async ValueTask<Receipt> TellAsync<TMessage>(AgentId to, TMessage message, CancellationToken cancellationToken = default)
        where TMessage : notnull
    {
        var envelope = Envelope.Create(Id, to, message);
        var reply = await _cluster.Client.SendAsync(envelope, cancellationToken: cancellationToken);
        return new Receipt(envelope.Id, reply.Outcome, reply.Refusal);
    }

    /// <summary>Subscribes the probe to a topic: from the return on it gets every event.</summary>
    /// <inheritdoc cref="AgentHandle.AskAsync" path="/exception"/>
    public async ValueTask SubscribeAsync(TopicId topic, CancellationToken cancellationToken = default) =>
        await _cluster.Client.Agent(topic.Agent).AskAsync(new TopicSubscribe(Id.ToString()), cancellationToken: cancellationToken);

    internal byte[]? Receive(Envelope message)
    {
        Func<Envelope, object?>? answer;
        TaskCompletionSource more;
        lock (_lock)
        {
            if (_known.Add(message.Id))
            {
                _messages.Add(message);
            }

            _answers.TryGetValue((message.Type, message.Version), out answer);
            (more, _more) = (_more, New());
        }

        more.SetResult();
        return answer is not null
            ? JsonSerializer.SerializeToUtf8Bytes(answer(message), PayloadJson.Options)
            : message.Contract.ReplyType is null
                ? null
                : throw new AgentRefusedException("probe-has-no-answer", $"{Id} has no answer for {message.Contract}: give it one with Answer<…>(…).");
    }

    private bool Take<T>(Contract contract, Func<T, bool>? predicate, out T? found)
    {
        foreach (var message in _messages)
        {
            if (Is(message, contract) && !_expected.Contains(message.Id))
            {
                found = Read<T>(message);
                if (predicate?.Invoke(found) ?? true)
                {
                    _expected.Add(message.Id);
                    return true;
                }
            }
        }

        found = default;
        return false;
    }

    private string Describe()
    {
        if (_messages.Count == 0)
        {
            return "Nothing came at all.";
        }

        var text = new StringBuilder($"What came ({_messages.Count}, * for what was expected before):");
        foreach (var message in _messages.TakeLast(Shown))
        {
            text.Append($"{Environment.NewLine}  {(_expected.Contains(message.Id) ? '*' : ' ')} {message.Contract} from {message.Sender}: {Encoding.UTF8.GetString(message.PayloadJson.Span)}");
        }

        return text.ToString();
    }

    private static bool Is(Envelope message, Contract contract) => message.Type == contract.Name && message.Version == contract.Version;

    private static T Read<T>(Envelope message) => JsonSerializer.Deserialize<T>(message.PayloadJson.Span, PayloadJson.Options)!;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
