using OrleansAgents.Messaging;

namespace OrleansAgents.Blackboard;

/// <summary>How large a document may become. Checked after each operation, so that no step of a change is larger either.</summary>
public sealed record JsonPatchLimits
{
    /// <summary>The largest document, in bytes of its canonical JSON (RFC 8785). 256 KiB unless told.</summary>
    public long Bytes { get; init; } = 256 * 1024;

    /// <summary>The deepest nesting, counting the outermost object or array as 1. 64 unless told, and that at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 1 and 64.</exception>
    public int Depth
    {
        get;
        init => field = value is >= 1 and <= PayloadJson.MaxDepth ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A depth is between 1 and 64.");
    } = PayloadJson.MaxDepth;

    /// <summary>Whether the document is an object and stays one. False unless told.</summary>
    public bool ObjectOnly { get; init; }

    /// <summary>Whether numbers that a double does not hold are refused, as they are where messages are signed. False unless told.</summary>
    public bool CanonicalNumbers { get; init; }

    internal static JsonPatchLimits Default { get; } = new();

    /// <summary>For changes that were checked before, by the limits of their time.</summary>
    internal static JsonPatchLimits None { get; } = new() { Bytes = long.MaxValue };
}
