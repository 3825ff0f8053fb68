namespace OrleansAgents.Messaging;

/// <summary>How large a message may be. Checked before anything else.</summary>
public sealed class MessageLimits
{
    /// <summary>The largest payload, in bytes of UTF-8 JSON. 256 KiB unless told.</summary>
    public int PayloadBytes { get; set; } = 256 * 1024;

    /// <summary>The most headers. 32 unless told.</summary>
    public int Headers { get; set; } = 32;

    /// <summary>The largest header, name and value together, in bytes of UTF-8. 1 KiB unless told.</summary>
    public int HeaderBytes { get; set; } = 1024;

    /// <summary>The most agents that may pass a message on. 16 unless told.</summary>
    public int Hops { get; set; } = 16;

    /// <summary>The largest whole message: the payload, the headers and 16 KiB for the rest.</summary>
    public int MessageBytes => PayloadBytes + Headers * HeaderBytes + 16 * 1024;

    /// <summary>How deep a member of a message may nest.</summary>
    internal int Depth { get; init; } = PayloadJson.MaxDepth;

    /// <summary>For messages that the platform kept itself: they passed the limits of their time, so those of today do not apply.</summary>
    internal static MessageLimits Kept { get; } = new()
    {
        PayloadBytes = 1 << 29,
        Headers = 1 << 16,
        HeaderBytes = 1 << 13,
        Hops = int.MaxValue,
        Depth = int.MaxValue - 1,
    };
}
