using System.Runtime.CompilerServices;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Blackboard;

/// <summary>One board, as a client sees it. Thread-safe. Its asks fail as <see cref="AgentHandle.AskAsync"/> does.</summary>
public sealed class BlackboardHandle
{
    private readonly AgentHandle _agent;
    private readonly TopicHandle _topic;

    internal BlackboardHandle(string name, AgentHandle agent, TopicHandle topic) => (Name, _agent, _topic) = (name, agent, topic);

    /// <summary>The board's name.</summary>
    public string Name { get; }

    /// <summary>Changes the document by a JSON patch (RFC 6902): all of it, or nothing. The answer is the version then.</summary>
    /// <param name="patch">The operations, in their order.</param>
    /// <param name="expected">The version that the change is meant for; null for whichever there is.</param>
    /// <param name="options">How it is sent; null for the client's defaults.</param>
    /// <param name="cancellationToken">Gives the ask up.</param>
    /// <exception cref="BlackboardConflictException">The board is at another version than expected.</exception>
    /// <exception cref="AgentRefusedException">The patch does not apply; code and message say which operation and why.</exception>
    public ValueTask<long> PatchAsync(
        IReadOnlyList<JsonPatchOperation> patch, long? expected = null, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(new BlackboardPatch(patch, expected), options, cancellationToken);

    /// <summary>Changes the document by a merge patch (RFC 7386), a JSON object. The answer is the version then.</summary>
    /// <param name="merge">The merge patch.</param>
    /// <param name="expected">The version that the change is meant for; null for whichever there is.</param>
    /// <param name="options">How it is sent; null for the client's defaults.</param>
    /// <param name="cancellationToken">Gives the ask up.</param>
    /// <exception cref="BlackboardConflictException">The board is at another version than expected.</exception>
    /// <exception cref="AgentRefusedException">The document would break a limit.</exception>
    public ValueTask<long> MergeAsync(
        JsonElement merge, long? expected = null, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(new BlackboardMerge(merge, expected), options, cancellationToken);

    /// <summary>The document at a version; null for the current one.</summary>
    /// <exception cref="AgentRefusedException">There is no such version (<see cref="BlackboardCodes.Unknown"/>), or not any more (<see cref="BlackboardCodes.Gone"/>).</exception>
    public ValueTask<BlackboardContent> ReadAsync(long? version = null, CancellationToken cancellationToken = default) =>
        _agent.AskAsync(new BlackboardRead(version), cancellationToken: cancellationToken);

    /// <summary>The changes behind a version up to now, oldest first; null for all that are kept.</summary>
    /// <exception cref="AgentRefusedException">The history does not go back so far (<see cref="BlackboardCodes.Gone"/>), or not that far ahead.</exception>
    public async IAsyncEnumerable<BlackboardDiff> HistoryAsync(
        long? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var page = await _agent.AskAsync(new BlackboardHistory(after), cancellationToken: cancellationToken);
            foreach (var diff in page.Diffs)
            {
                yield return diff;
                after = diff.Version;
            }

            if (page.Diffs.Count == 0 || after >= page.Version)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// The document as it is now, and then after every change, each once and in order. What the topic did not bring is
    /// fetched from the board's history; where that does not go back so far any more, the document comes anew, without a
    /// change (<see cref="BlackboardUpdate.Diff"/>). Ends with <paramref name="cancellationToken"/>; goes on by itself when silos go.
    /// </summary>
    /// <exception cref="AgentRefusedException">The client may not read the board or its topic.</exception>
    public IAsyncEnumerable<BlackboardUpdate> WatchAsync(CancellationToken cancellationToken = default) =>
        new BlackboardWatch(this, _agent.Id, _topic).RunAsync(cancellationToken);

    private async ValueTask<long> ChangeAsync(Messaging.IRequest<BlackboardVersion> change, SendOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            return (await _agent.AskAsync(change, options, cancellationToken)).Version;
        }
        catch (AgentRefusedException e) when (e.Code == BlackboardCodes.Conflict && BlackboardRefusal.TryReadVersion(e.Refusal, out var version))
        {
            throw new BlackboardConflictException(e.Refusal, version);
        }
    }
}

/// <summary>A board at a version, as a watch tells it.</summary>
/// <param name="Version">The version.</param>
/// <param name="Document">The document at that version.</param>
/// <param name="Diff">The change that led there; null where the document comes as a whole: at the beginning, and where changes before it are missing.</param>
public sealed record BlackboardUpdate(long Version, JsonElement Document, BlackboardDiff? Diff);
