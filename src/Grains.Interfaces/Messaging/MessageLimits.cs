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
}
