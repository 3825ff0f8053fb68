using System.Runtime.CompilerServices;
using System.Text.Json;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>One run, as its owner sees it. Thread-safe.</summary>
public sealed class RunHandle
{
    private readonly IRunGrain _grain;
    private readonly GrainReading _reading;

    internal RunHandle(AgentHandle agent, IGrainFactory grains, TimeProvider time, Func<CancellationToken> loss)
    {
        Agent = agent;
        _grain = grains.GetGrain<IRunGrain>(GrainId.Create(RunAddress.Kind, agent.Id.Key));
        _reading = new GrainReading(time, loss);
    }

    /// <summary>The run's id.</summary>
    public string Id => Agent.Id.Key;

    internal AgentHandle Agent { get; }

    /// <summary>The run as it stands.</summary>
    /// <exception cref="AgentRefusedException">There is no such run, or it is somebody else's: <see cref="RunCodes.Unknown"/>.</exception>
    public ValueTask<RunSnapshot> ReadAsync(RunRead? read = null, CancellationToken cancellationToken = default) =>
        Agent.AskAsync(read ?? new RunRead(), cancellationToken: cancellationToken);

    /// <summary>
    /// The run's events behind a place, each once and in order, until the one that makes it final. When the silo that
    /// serves the run goes, following goes on behind the last event. To go on in a later run of the program, keep
    /// <see cref="RunEvent.Sequence"/>.
    /// </summary>
    /// <param name="after">The place of the last event that is not wanted; 0 for all.</param>
    /// <param name="cancellationToken">Ends the following, not the run.</param>
    /// <exception cref="AgentRefusedException">There is no such run, or it is somebody else's.</exception>
    public IAsyncEnumerable<RunEvent> FollowAsync(long after = 0, CancellationToken cancellationToken = default) =>
        FollowJsonAsync(after, cancellationToken).Select(one => JsonSerializer.Deserialize<RunEvent>(one.Json, PayloadJson.Options)!);

    /// <summary>The events as they are stored; otherwise as <see cref="FollowAsync"/>.</summary>
    internal async IAsyncEnumerable<(long Sequence, byte[] Json)> FollowJsonAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // A message of its own for each try: it has a deadline, until which it is to get in.
            var request = Agent.Prepare(new RunFollow(after));
            await foreach (var reading in _reading.TryAsync(stop => _grain.FollowAsync(request, stop), cancellationToken))
            {
                if (reading.Answer.Refusal is { } refusal)
                {
                    if (RefusalCodes.IsTransient(refusal.Code))
                    {
                        break;
                    }

                    throw new AgentRefusedException(refusal);
                }

                if (reading.Event is not { } json)
                {
                    yield break;
                }

                yield return (reading.Sequence, json);
                after = reading.Sequence;
            }

            await _reading.PauseAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the run is over, or waits for its owner.</summary>
    /// <param name="untilFinal">Whether to wait on where it waits for its owner.</param>
    /// <param name="cancellationToken">Ends the wait, not the run.</param>
    /// <exception cref="AgentRefusedException">There is no such run, or it is somebody else's.</exception>
    public async ValueTask<RunSnapshot> WaitAsync(bool untilFinal = false, CancellationToken cancellationToken = default)
    {
        var run = await ReadAsync(cancellationToken: cancellationToken);
        if (IsWaitedFor(run.State))
        {
            return run;
        }

        await foreach (var one in FollowAsync(run.Sequence, cancellationToken))
        {
            if (one.State is { } state && IsWaitedFor(state))
            {
                break;
            }
        }

        return await ReadAsync(cancellationToken: cancellationToken);

        bool IsWaitedFor(RunState state) => state.IsFinal() || (!untilFinal && state.IsInterrupted());
    }

    /// <summary>Waits until the run is over, and reads what its agent answered.</summary>
    /// <typeparam name="TReply">What the contract is answered with.</typeparam>
    /// <exception cref="AgentFailedException">It failed.</exception>
    /// <exception cref="AgentRefusedException">It was rejected or cancelled, or there is no such run.</exception>
    /// <exception cref="InvalidOperationException">It is completed without such an answer: its agent took it, and made other artifacts.</exception>
    public async ValueTask<TReply> ResultAsync<TReply>(CancellationToken cancellationToken = default)
    {
        var run = await WaitAsync(untilFinal: true, cancellationToken);
        var text = run.Message?.Parts is [{ Text: { } reason }, ..] ? reason : $"The run {Id} is {run.State}.";
        return run.State switch
        {
            RunState.Failed => throw new AgentFailedException(new Refusal(run.Code ?? RefusalCodes.HandlerFailed, text)),
            RunState.Rejected => throw new AgentRefusedException(run.Code ?? RefusalCodes.NotAllowed, text),
            RunState.Cancelled => throw new AgentRefusedException(RefusalCodes.Cancelled, text),
            _ => run.Artifacts.SelectMany(a => a.Parts).LastOrDefault(p => p.Data is not null)?.Data is { } data
                ? data.Deserialize<TReply>(PayloadJson.Options)!
                : throw new InvalidOperationException($"The run {Id} made no JSON."),
        };
    }

    /// <summary>Says something to the run's agent; one that waits for it goes on.</summary>
    /// <exception cref="AgentRefusedException">The run is over, or its agent does not listen.</exception>
    public ValueTask<RunStatus> SayAsync(string text, CancellationToken cancellationToken = default) =>
        Agent.AskAsync(new RunSay([Part.Of(text)]), cancellationToken: cancellationToken);

    /// <inheritdoc cref="SayAsync(string, CancellationToken)"/>
    public ValueTask<RunStatus> SayAsync(IReadOnlyList<Part> parts, CancellationToken cancellationToken = default) =>
        Agent.AskAsync(new RunSay(parts), cancellationToken: cancellationToken);

    /// <summary>Cancels the run, and has its agent stop. Doing it twice is harmless.</summary>
    /// <exception cref="AgentRefusedException">The run is over in another way: <see cref="RunCodes.Final"/>.</exception>
    public ValueTask<RunStatus> CancelAsync(CancellationToken cancellationToken = default) =>
        Agent.AskAsync(new RunCancel(), cancellationToken: cancellationToken);
}
