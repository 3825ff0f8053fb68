using System.Runtime.CompilerServices;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Blackboard;

/// <summary>One watch of a board: its topic tells of changes, and its history of those that the topic has not.</summary>
internal sealed class BlackboardWatch(BlackboardHandle board, AgentId agent, TopicHandle topic)
{
    // What a topic has lost, for its event became a dead letter, is found after this time.
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(15);

    private readonly BlackboardView _view = new();

    public async IAsyncEnumerable<BlackboardUpdate> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _view.Reset(await board.ReadAsync(cancellationToken: cancellationToken));
        yield return new BlackboardUpdate(_view.Version, _view.Document, Diff: null);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Each change has an event, so the event of a version never stands before the place of that number.
        var events = topic.ReadAsync(TopicStart.After(_view.Version), ending.Token).GetAsyncEnumerator(ending.Token);
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                next ??= events.MoveNextAsync().AsTask();
                var came = await CameAsync(next);
                if (came && !await next)
                {
                    yield break;
                }

                var diff = came ? Read(events.Current) : null;
                next = came ? null : next;
                if (came && diff is null)
                {
                    continue;
                }

                if (diff is not null && _view.Apply(diff) is not BlackboardStep.Gap and var step)
                {
                    if (step == BlackboardStep.Applied)
                    {
                        yield return new BlackboardUpdate(_view.Version, _view.Document, diff);
                    }

                    continue;
                }

                await foreach (var update in CatchUpAsync(cancellationToken))
                {
                    yield return update;
                }
            }
        }
        finally
        {
            await EndAsync(events, next, ending);
        }
    }

    /// <summary>False when it is time to look for what the topic has lost.</summary>
    private async Task<bool> CameAsync(Task<bool> next)
    {
        await ((Task)next).WaitAsync(CheckEvery, topic.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return next.IsCompleted;
    }

    /// <summary>The change that an event tells of; null for what anybody else published to the topic, and for what this client cannot open.</summary>
    private BlackboardDiff? Read(TopicEvent published)
    {
        var contract = Contract.Of<BlackboardDiff>();
        var message = published.Envelope;
        if (message.Sender != agent || message.Type != contract.Name || message.Version != contract.Version || message.Extras?.Encryption is not null)
        {
            return null;
        }

        try
        {
            return (BlackboardDiff)message.ReadPayload(contract);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<BlackboardUpdate> CatchUpAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (diffs, content) = await FetchAsync(cancellationToken);
        foreach (var diff in diffs)
        {
            if (_view.Apply(diff) == BlackboardStep.Applied)
            {
                yield return new BlackboardUpdate(_view.Version, _view.Document, diff);
            }
        }

        if (content is not null)
        {
            _view.Reset(content);
            yield return new BlackboardUpdate(_view.Version, _view.Document, Diff: null);
        }
    }

    private async Task<(IReadOnlyList<BlackboardDiff> Diffs, BlackboardContent? Content)> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ([.. await board.HistoryAsync(_view.Version, cancellationToken).ToListAsync(cancellationToken)], null);
        }
        catch (AgentRefusedException e) when (e.Code is BlackboardCodes.Gone or BlackboardCodes.Unknown)
        {
            return ([], await ReadAsync(cancellationToken));
        }
        catch (AgentException e) when (IsPassing(e))
        {
            return ([], null);
        }
    }

    private async Task<BlackboardContent?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await board.ReadAsync(cancellationToken: cancellationToken);
        }
        catch (AgentException e) when (IsPassing(e))
        {
            return null;
        }
    }

    // The next look comes soon enough.
    private static bool IsPassing(AgentException failure) => failure is AgentTimeoutException || RefusalCodes.IsTransient(failure.Code);

    private static async Task EndAsync(IAsyncEnumerator<TopicEvent> events, Task? next, CancellationTokenSource ending)
    {
        await ending.CancelAsync();
        // One that still waits may not be disposed of.
        await (next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await events.DisposeAsync();
    }
}
