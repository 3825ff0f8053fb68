using System.Runtime.InteropServices;

namespace OrleansAgents.Sqlite;

/// <summary>How far the journal's upkeep has come.</summary>
/// <param name="Folded">Every entry up to this one is in its agent's row.</param>
/// <param name="Trimmed">Every entry up to this one is gone.</param>
/// <param name="Bytes">The bytes of the entries between the two.</param>
/// <param name="Place">The last event that is gone.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Mark(long Folded, long Trimmed, long Bytes, long Place);

/// <summary>Keeps the mark in the file, in the transaction of the work that it tells of.</summary>
internal sealed class Progress
{
    private readonly Statement _save;

    public Progress(Connection connection)
    {
        _save = connection.Prepare("UPDATE mark SET folded = ?1, trimmed = ?2, bytes = ?3, place = ?4");
        using var read = connection.Prepare("SELECT folded, trimmed, bytes, place FROM mark");
        read.Step();
        Next = Current = new Mark(read.Number(0), read.Number(1), read.Number(2), read.Number(3));
    }

    /// <summary>What is committed.</summary>
    public Mark Current { get; private set; }

    /// <summary>What will be with the transaction under way.</summary>
    public Mark Next { get; set; }

    public void Save()
    {
        if (Next != Current)
        {
            _save.Bind(1, Next.Folded).Bind(2, Next.Trimmed).Bind(3, Next.Bytes).Bind(4, Next.Place).Run();
        }
    }

    public void Commit() => Current = Next;

    public void Undo() => Next = Current;
}
