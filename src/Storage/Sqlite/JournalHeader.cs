using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansAgents.Sqlite;

/// <summary>The front of a journal entry, of fixed length: what the writer fills in last and what is read without the rest.</summary>
/// <param name="Etag">The agent's etag after the commit.</param>
/// <param name="Previous">The sequence number of the agent's entry before this one; 0 for none.</param>
/// <param name="Handled">How many messages the agent ever handled, with this entry's.</param>
/// <param name="At">When the commit was handed in, in UTC ticks.</param>
/// <param name="Wake">When to wake the agent, in UTC ticks; 0 for never.</param>
/// <param name="LastEvent">The position of the last event appended; 0 when none was.</param>
/// <param name="Parts">Which parts follow.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JournalHeader(long Etag, long Previous, long Handled, long At, long Wake, long LastEvent, JournalParts Parts)
{
    public const int Length = 50;

    private const byte Format = 1;

    public static JournalHeader Read(ReadOnlySpan<byte> body)
    {
        if (body[0] != Format)
        {
            throw new InvalidDataException($"An entry of format {body[0]} stands in the journal; this version reads format {Format}. Start a newer version.");
        }

        return new(
            BinaryPrimitives.ReadInt64LittleEndian(body[2..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[10..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[18..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[26..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[34..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[42..]),
            (JournalParts)body[1]);
    }

    public void Write(Span<byte> body)
    {
        body[0] = Format;
        body[1] = (byte)Parts;
        BinaryPrimitives.WriteInt64LittleEndian(body[2..], Etag);
        BinaryPrimitives.WriteInt64LittleEndian(body[10..], Previous);
        BinaryPrimitives.WriteInt64LittleEndian(body[18..], Handled);
        BinaryPrimitives.WriteInt64LittleEndian(body[26..], At);
        BinaryPrimitives.WriteInt64LittleEndian(body[34..], Wake);
        BinaryPrimitives.WriteInt64LittleEndian(body[42..], LastEvent);
    }

    public bool Has(JournalParts part) => (Parts & part) != JournalParts.None;
}

/// <summary>The parts of an entry that are often absent.</summary>
[Flags]
internal enum JournalParts : byte
{
    None = 0,

    /// <summary>The agent's name, in its first entry.</summary>
    Name = 1,

    /// <summary>Outgoing messages.</summary>
    Outgoing = 2,

    /// <summary>Acknowledged messages.</summary>
    Acknowledged = 4,

    /// <summary>Positions in topics.</summary>
    Positions = 8,

    /// <summary>The state, which is the rest of the entry.</summary>
    State = 16,
}
