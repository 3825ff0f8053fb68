using System.Runtime.CompilerServices;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>Asks agents, and above all runs, in a caller's name.</summary>
internal sealed class TaskRuns(IAgentClient agents, A2AKinds kinds, CallerKeys keys, IHostApplicationLifetime lifetime)
{
    private const int LongestText = 1024;

    /// <summary>The reply to a message.</summary>
    /// <exception cref="A2AException">It was refused, or failed.</exception>
    public async ValueTask<Reply> AskAsync(Envelope message, CancellationToken cancellationToken)
    {
        var reply = await agents.SendAsync(message, new SendOptions { Timeout = keys.Current.Timeout }, cancellationToken);
        return reply.Refusal is { } refusal ? throw A2AException.Of(refusal, reply.Outcome) : reply;
    }

    /// <summary>A run as its owner follows it.</summary>
    public RunHandle Follow(A2ACall call, string task) => agents.As(call.Caller.Sender).Run(task);

    /// <summary>A task of the caller's and of the agent that the call is for. Any other is not there.</summary>
    /// <exception cref="A2AException">There is none.</exception>
    public async Task<RunSnapshot> ReadAsync(A2ACall call, string task, RunRead read)
    {
        var (kind, key) = kinds.Resolve(call);
        if (string.IsNullOrEmpty(task))
        {
            throw A2AException.Invalid("id", "It names no task.");
        }

        if (!AgentId.TryParse($"{RunAddress.Kind}/{task}", defaultKind: null, out var run, out _))
        {
            throw NotFound(task);
        }

        var snapshot = (await AskAsync(Envelope.Create(call.Caller.Sender, run, read), call.Aborted)).As<RunSnapshot>()!;
        var agent = AgentId.Parse(snapshot.Agent);
        return (kind is null ? kinds.Find(agent.Kind) is not null : kind.Kind == agent.Kind) && (key is null || key == agent.Key) ? snapshot : throw NotFound(task);
    }

    /// <summary>How much of the history is wanted.</summary>
    /// <exception cref="A2AException">It is less than nothing.</exception>
    public static int? DemandHistory(int? length) => length < 0 ? throw A2AException.Invalid("historyLength", "It is 0 or more.") : length;

    /// <summary>A text that is not too long to be an id; null where it is empty.</summary>
    /// <exception cref="A2AException">It is too long.</exception>
    public static string? DemandShort(string? text, string field) => string.IsNullOrEmpty(text) ? null
        : System.Text.Encoding.UTF8.GetByteCount(text) <= LongestText ? text
        : throw A2AException.Invalid(field, $"It is longer than {LongestText} bytes.");

    /// <summary>Waits until a run is final or interrupted, from behind a place of its log, but no longer than a caller may wait.</summary>
    /// <exception cref="A2AException">The silo stops.</exception>
    public async Task WaitAsync(A2ACall call, RunHandle run, long after)
    {
        using var enough = new CancellationTokenSource(keys.Current.MaxTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, enough.Token, lifetime.ApplicationStopping);
        try
        {
            await foreach (var one in run.FollowAsync(after, either.Token))
            {
                if (one.State is { } state && (state.IsFinal() || state.IsInterrupted()))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            // Told how it stands; whoever wants more comes back.
        }

        // How it stands nobody may be there to tell any more.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw A2AException.Of(
                new Refusal(RefusalCodes.Stopping, $"This silo is stopping, and the task {run.Id} goes on; the same message sent again finds it at another one, or the next."), Outcome.Refused);
        }
    }

    /// <summary>The events of a task's stream.</summary>
    /// <param name="run">The run.</param>
    /// <param name="first">The task as it stands; null where the reader has it.</param>
    /// <param name="after">The place that the task is of, or that the reader has come to.</param>
    /// <param name="conversation">The run's conversation.</param>
    /// <param name="state">The state of that place.</param>
    /// <param name="isSend">Whether the stream answers a message, and so ends where the agent waits for the next one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<(long Id, StreamResponse Event)> StreamAsync(
        RunHandle run, AgentTask? first, long after, string conversation, RunState state, bool isSend, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (first is not null)
        {
            yield return (after, new StreamResponse(first));
            if (Ends(state))
            {
                yield break;
            }
        }

        var events = new TaskEvents(run.Id, conversation, state);
        await foreach (var one in run.FollowAsync(after, cancellationToken))
        {
            var mapped = events.Map(one);
            for (var i = 0; i < mapped.Count; i++)
            {
                // Who comes back with the place of the first of two gets the second.
                yield return (i == mapped.Count - 1 ? one.Sequence : one.Sequence - 1, mapped[i]);
            }

            if (one.State is { } next && Ends(next))
            {
                yield break;
            }
        }

        bool Ends(RunState now) => now.IsFinal() || (isSend && now == RunState.InputRequired);
    }

    public static A2AException NotFound(string task) => new(A2AError.TaskNotFound, $"There is no task '{PlainText.Show(task, PlainText.Quoted)}' of yours here.");
}
