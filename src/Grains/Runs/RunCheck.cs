using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>What is demanded of messages about runs beyond their contracts.</summary>
internal static class RunCheck
{
    // An answer of one that talks holds parts itself.
    private const int MostReplyDepth = Part.MaxDepth + 3;

    /// <summary>Whom a run is for.</summary>
    /// <exception cref="AgentRefusedException">It cannot be started so.</exception>
    public static AgentId Demand(RunStart start)
    {
        if (!AgentId.TryParse(start.Agent, defaultKind: null, out var agent, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        if (!Contract.IsName(start.Type) || start.Version < 1)
        {
            throw new AgentRefusedException(RefusalCodes.BadType, $"'{PlainText.Show(start.Type, PlainText.Quoted)}' version {start.Version} is no contract.");
        }

        if (start.Payload.ValueKind != JsonValueKind.Object)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "'payload' is no JSON object.");
        }

        if (!PayloadJson.HasWholeTexts(JsonMarshal.GetRawUtf8Value(start.Payload)))
        {
            throw new AgentRefusedException(RefusalCodes.MalformedJson, "A text of 'payload' has half of a surrogate pair.");
        }

        if (start.Opening is { } opening)
        {
            Demand(opening.Parts, "opening/parts");
            Demand(opening.Remarks, "opening/remarks");
        }

        return start.WithinMs is null or > 0 && !(start.WithinMs > RunOptions.Longest.TotalMilliseconds)
            ? agent
            : throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'withinMs' is from 1 to {RunOptions.Longest.TotalMilliseconds:0}.");
    }

    /// <exception cref="AgentRefusedException">The report makes no sense.</exception>
    public static void Demand(RunReport report)
    {
        if (report.State is RunState.Submitted or RunState.Cancelled)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "An agent reports neither that a run is submitted nor that it is cancelled.");
        }

        if (report.Progress is < 0 or > 1)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "'progress' is from 0 to 1.");
        }

        if (report.Message is { } said)
        {
            Demand(said, "message");
        }

        if (report.Artifact is { } artifact)
        {
            Demand(artifact.Parts, "artifact/parts");
        }
    }

    /// <exception cref="AgentRefusedException">There is no part, or a faulty one.</exception>
    public static void Demand(IReadOnlyList<Part> parts, string where)
    {
        var fault = parts.Count == 0 ? "There is no part; give one or more." : parts.Select(p => p is null ? "A part is null." : p.FindFault()).FirstOrDefault(f => f is not null);
        if (fault is not null)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'{where}': {fault}");
        }
    }

    /// <exception cref="AgentRefusedException">They are faulty.</exception>
    public static void Demand(Remarks? remarks, string where)
    {
        if (remarks?.FindFault() is { } fault)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'{where}/{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(fault.Member)}': {fault.Fault}");
        }
    }

    /// <exception cref="AgentRefusedException">It names no place, or no number of events.</exception>
    public static void Demand(RunFollow follow)
    {
        if (follow.After < 0 || follow.Limit is < 1 or > RunFollow.MostEvents)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'after' is 0 or more, and 'limit' from 1 to {RunFollow.MostEvents}.");
        }
    }

    /// <summary>Where following is to begin.</summary>
    /// <exception cref="AgentRefusedException">It is no such request.</exception>
    public static long ReadFollow(Envelope request)
    {
        var contract = Contract.Of<RunFollow>();
        if (request.Type != contract.Name || request.Version != contract.Version)
        {
            throw new AgentRefusedException(RefusalCodes.UnknownContract, $"A run is followed with {contract}, not with {request.Contract}.");
        }

        try
        {
            var follow = (RunFollow)request.ReadPayload(contract);
            Demand(follow);
            return follow.After;
        }
        catch (JsonException)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"The payload does not fit {contract}.");
        }
    }

    /// <summary>Why an answer cannot be an artifact; null where it can.</summary>
    public static Refusal? FindFault(byte[] reply) =>
        !PayloadJson.IsWithin(reply, MostReplyDepth) ? new(RefusalCodes.TooDeep, $"The answer nests deeper than {MostReplyDepth} levels, and so cannot be an artifact.")
        : !PayloadJson.HasWholeTexts(reply) ? new(RefusalCodes.MalformedJson, "A text of the answer has half of a surrogate pair.")
        : null;

    /// <summary>Whether an answer says that the agent has taken the run.</summary>
    public static bool IsTaken(byte[]? reply, string run)
    {
        if (reply is null || !reply.AsSpan().StartsWith("{\"takenRun\":"u8))
        {
            return false;
        }

        using var json = JsonDocument.Parse(reply);
        return json.RootElement.EnumerateObject().Count() == 1 && json.RootElement.GetProperty("takenRun").ValueEquals(run);
    }

    public static AgentRefusedException UnknownRun(AgentId run) => new(RunCodes.Unknown, $"There is no {run} of yours.");
}
