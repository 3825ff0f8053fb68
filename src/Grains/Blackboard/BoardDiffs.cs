using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Blackboard;

/// <summary>Brings a change into a form that fits into one message, because a topic that refused it would have a gap.</summary>
internal static class BoardDiffs
{
    /// <summary>How large an event may be, so that every agent that follows may get it.</summary>
    public static int Room(AgentHost host)
    {
        var bytes = host.Options.Limits.PayloadBytes;
        // Sealed, a payload is a third larger, and some bytes more.
        return host.Cipher is null ? bytes : (bytes / 4 * 3) - 1024;
    }

    /// <summary>The change with the first of these that fits: the patch as it came, the least that changed, the whole document.</summary>
    /// <exception cref="AgentRefusedException">None fits.</exception>
    public static BlackboardDiff Fit(BlackboardDiff diff, IReadOnlyList<JsonPatchOperation>? patch, JsonTree old, JsonTree document, int room)
    {
        if (patch is not null && Fits(diff with { Patch = patch }, room))
        {
            return diff with { Patch = patch };
        }

        foreach (var most in (ReadOnlySpan<long>)[room, 0])
        {
            var shorter = diff with { Patch = JsonDifference.Find(old, document, most) };
            if (Fits(shorter, room))
            {
                return shorter;
            }
        }

        throw new AgentRefusedException(RefusalCodes.TooLarge, $"The change would fill more than the {room} bytes that an event of it may have. Change less at once.");
    }

    private static bool Fits(BlackboardDiff diff, int room) => PayloadJson.Write(diff).Length <= room;
}
