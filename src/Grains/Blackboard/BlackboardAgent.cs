using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Blackboard;

/// <summary>
/// Keeps a JSON document that agents share. A change, the event that tells of it, and what undoes it go to the store in one
/// commit.
/// </summary>
[Agent(BlackboardAddress.Kind, Description = "Keeps a JSON document with a version, takes changes of it and publishes each.")]
internal sealed class BlackboardAgent(IOptions<BlackboardOptions> options) : Agent<BlackboardState>,
    IHandle<BlackboardPatch, BlackboardVersion>, IHandle<BlackboardMerge, BlackboardVersion>,
    IHandle<BlackboardRead, BlackboardContent>, IHandle<BlackboardHistory, BlackboardChanges>
{
    // So that a whole document fits into every message about it, inside an operation of a change of a history.
    private const int Depth = 56;

    private const int PageBytes = 1 << 20;

    private readonly JsonPatchLimits _limits = new() { Bytes = options.Value.DocumentBytes, Depth = Depth, ObjectOnly = true, CanonicalNumbers = true };
    private BoardHistory? _history;
    private (long Version, JsonTree Document) _known = (-1, JsonMembers.Empty);

    public ValueTask<BlackboardVersion> HandleAsync(BlackboardPatch request, AgentContext context, CancellationToken cancellationToken)
    {
        Expect(request.Expected);
        var run = new JsonPatchRun(Document, _limits);
        var patch = new JsonPatchOperation[request.Patch.Count];
        try
        {
            for (var i = 0; i < patch.Length; i++)
            {
                patch[i] = run.Apply(request.Patch[i], i);
            }
        }
        catch (JsonPatchException e)
        {
            throw Refuse(e, $"/payload/patch/{e.Index}");
        }

        return new(Change(run.Document, patch, context));
    }

    public ValueTask<BlackboardVersion> HandleAsync(BlackboardMerge request, AgentContext context, CancellationToken cancellationToken)
    {
        Expect(request.Expected);
        try
        {
            var patch = JsonTreeReader.Read(request.Merge, _limits) as JsonMembers
                ?? throw new JsonPatchException(RefusalCodes.InvalidPayload, "The member 'merge' is an object.");
            return new(Change(JsonMerge.Apply(Document, patch, _limits), patch: null, context));
        }
        catch (JsonPatchException e)
        {
            throw Refuse(e, "/payload/merge");
        }
    }

    public ValueTask<BlackboardContent> HandleAsync(BlackboardRead request, AgentContext context, CancellationToken cancellationToken)
    {
        _ = Topic;
        var wanted = request.Version ?? State.Version;
        DemandKnown(wanted);
        if (wanted == State.Version)
        {
            return new(new BlackboardContent(wanted, State.Document));
        }

        var document = Document;
        for (var version = State.Version; version > wanted; version--)
        {
            document = JsonPatchRun.Apply(document, History.Read(version).Inverse, JsonPatchLimits.None);
        }

        return new(new BlackboardContent(wanted, document.ToElement()));
    }

    public ValueTask<BlackboardChanges> HandleAsync(BlackboardHistory request, AgentContext context, CancellationToken cancellationToken)
    {
        _ = Topic;
        if (request.Limit < 1)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "The member 'limit' is 1 or more.");
        }

        var after = request.After ?? State.Oldest;
        DemandKnown(after);
        List<BlackboardDiff> diffs = [];
        var bytes = 0L;
        for (var version = after + 1; version <= State.Version && diffs.Count < request.Limit && bytes < PageBytes; version++)
        {
            diffs.Add(History.Read(version).Diff);
            bytes += History.LengthOf(version);
        }

        return new(new BlackboardChanges(State.Oldest, State.Version, diffs));
    }

    private BoardHistory History => _history ??= new BoardHistory(Id, Turns.Outbox.Later);

    private TopicId Topic => TopicId.TryParse(Id.ToString(), out var topic, out _)
        ? topic
        : throw new AgentRefusedException(RefusalCodes.BadAddress, $"'{PlainText.Show(Id.Key, PlainText.Quoted)}' is no name of a board; it keeps the rules for names of topics, with 245 characters at most.");

    /// <summary>The document to work with; read once for each version.</summary>
    private JsonTree Document
    {
        get
        {
            // A turn that fails may leave the version behind that it would have made: that one is never the current one.
            if (_known.Version != State.Version)
            {
                _known = (State.Version, JsonTreeReader.Read(State.Document, JsonPatchLimits.None));
            }

            return _known.Document;
        }
    }

    private void Expect(long? version)
    {
        _ = Topic;
        if (version is { } expected && expected != State.Version)
        {
            throw BlackboardRefusal.Conflict(Id, State.Version, expected);
        }
    }

    private void DemandKnown(long version)
    {
        if (version < State.Oldest)
        {
            throw BlackboardRefusal.Gone(Id, State.Oldest, version);
        }

        if (version > State.Version)
        {
            throw BlackboardRefusal.Unknown(Id, State.Version, version);
        }
    }

    private BlackboardVersion Change(JsonTree document, IReadOnlyList<JsonPatchOperation>? patch, AgentContext context)
    {
        var old = Document;
        if (document.HasValueOf(old))
        {
            return new BlackboardVersion(State.Version);
        }

        var diff = new BlackboardDiff(Id.Key, State.Version, State.Version + 1, patch ?? [], context.Sender.ToString(), Turns.Host.Time.GetUtcNow());
        diff = BoardDiffs.Fit(diff, patch, old, document, BoardDiffs.Room(Turns.Host));
        var inverse = JsonDifference.Find(document, old, old.Size);
        State.HistoryBytes += History.Keep(context, new BlackboardEntry(diff, inverse), State.Oldest);
        context.Publish(Topic, diff);
        State.Version = diff.Version;
        State.Document = document.ToElement();
        _known = (diff.Version, document);
        while (State.Oldest < State.Version
            && (State.Version - State.Oldest > options.Value.History || State.HistoryBytes > options.Value.HistoryBytes))
        {
            State.HistoryBytes -= History.Drop(context, ++State.Oldest);
        }

        return new BlackboardVersion(State.Version);
    }

    private static AgentRefusedException Refuse(JsonPatchException fault, string pointer) =>
        new(new Refusal(fault.Code, fault.Message) { Problems = [new Problem(pointer, fault.Code, fault.Message)] });
}
