using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>
/// Follows a task elsewhere until it rests, whatever becomes of the connection: what is lost is opened again, and begins with
/// the task as it stands. Reports to the run that mirrors it, where there is one.
/// </summary>
internal sealed class RemoteFollower(RemoteClient client, RemoteTask task, RunWriter? run, TimeProvider time)
{
    private const int MostAtOnce = 64;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private bool _polls;

    /// <param name="call">What it is followed for.</param>
    /// <param name="open">A stream that is open already; null for none. It is closed in the end.</param>
    /// <param name="cancellationToken">Ends the following.</param>
    public async Task<RemoteFollowed> FollowAsync(Guid call, RemoteEvents? open, CancellationToken cancellationToken)
    {
        try
        {
            for (var idle = 0; !task.IsAtRest; idle++)
            {
                TimeSpan? wait = null;
                try
                {
                    open ??= await OpenAsync(cancellationToken);
                    idle = await TakeAsync(open, cancellationToken) ? 0 : idle;
                }
                catch (RemoteException e) when (e.IsTransient)
                {
                    wait = e.RetryAfter;
                }
                finally
                {
                    await (open?.DisposeAsync() ?? default);
                    open = null;
                }

                if (!task.IsAtRest)
                {
                    await Task.Delay(wait ?? Pause(idle), time, cancellationToken);
                }
            }

            return new RemoteFollowed(call, task.State, task.Message?.Parts, run is null ? task.Artifacts : null, FaultOf());
        }
        catch (RemoteException e)
        {
            return new RemoteFollowed(call, AgentTaskState.Unspecified, Fault: RemoteFault.Of(e));
        }
        catch (AgentRefusedException e) when (e.Code is RunCodes.Full or RunCodes.Final or RunCodes.Unknown)
        {
            return new RemoteFollowed(call, AgentTaskState.Unspecified, Fault: RemoteFault.Of(e.Refusal));
        }
    }

    /// <summary>A stream of the task's events, or the task as it stands where the other side has no streams, or none for it any more.</summary>
    private async Task<RemoteEvents> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_polls && await client.IsStreamingAsync(cancellationToken))
        {
            try
            {
                return await client.FollowAsync(task.Id, cancellationToken);
            }
            catch (RemoteException e) when (e.Error == A2AError.UnsupportedOperation || e.Error == A2AError.MethodNotFound)
            {
                // A task that is over is not followed any more, and neither is any where nobody may; reading tells which.
            }
        }

        _polls = true;
        return new RemoteEvents(new StreamResponse(await client.GetAsync(task.Id, cancellationToken)));
    }

    /// <summary>Takes what comes until the task rests or the stream ends; false where nothing came that was new.</summary>
    private async Task<bool> TakeAsync(RemoteEvents events, CancellationToken cancellationToken)
    {
        var isNew = false;
        while (!task.IsAtRest && await events.Reader.WaitToReadAsync(cancellationToken))
        {
            var reports = new List<RunReport>();
            for (var taken = 0; taken < MostAtOnce && !task.IsAtRest && events.Reader.TryRead(out var one); taken++)
            {
                reports.AddRange(task.Take(one, client.Name));
            }

            isNew |= reports.Count > 0;
            if (run is not null)
            {
                foreach (var report in RunPieces.Together(reports))
                {
                    await run.ReportAsync(report, cancellationToken);
                }
            }
        }

        return isNew;
    }

    private TimeSpan Pause(int idle)
    {
        var first = _polls ? client.Options.PollInterval : client.Options.FirstPause;
        return TimeSpan.FromTicks((long)Math.Min(first.Ticks * Math.Pow(1.5, Math.Min(idle, 20)), Math.Max(LongestPause.Ticks, first.Ticks)));
    }

    /// <summary>Why a task that is over came to nothing; null for one that did not.</summary>
    private RemoteFault? FaultOf()
    {
        var (code, what) = task.State switch
        {
            AgentTaskState.Failed => (RemoteCodes.Failed, "could not do it"),
            AgentTaskState.Rejected => (RemoteCodes.Rejected, "would not do it"),
            AgentTaskState.Canceled => (RemoteCodes.Cancelled, "cancelled it"),
            _ => (null, null),
        };
        return code is null ? null : new RemoteFault(code, RemoteText.Of(task.Message?.Parts) is { } said ? Name(said) : $"{client.Name} {what}, and does not say why.");

        string Name(string said) => task.Code is { } named ? $"{said} ({PlainText.Show(named, PlainText.Quoted)})" : said;
    }
}

/// <summary>What parts come to as a sentence.</summary>
internal static class RemoteText
{
    private const int Longest = 2000;

    /// <summary>The texts, one behind the other and not too long; null where there are none.</summary>
    public static string? Of(IReadOnlyList<Part>? parts) =>
        string.Join(' ', (parts ?? []).Select(p => p.Text).Where(t => !string.IsNullOrWhiteSpace(t))) is { Length: > 0 } text ? PlainText.Show(text, Longest) : null;
}
