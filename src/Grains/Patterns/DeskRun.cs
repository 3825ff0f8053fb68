using System.Text;
using System.Text.Json.Serialization;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>Decides whose a conversation is. Pure: it knows no agents, and the time it is told.</summary>
internal sealed class DeskRun(DeskState state, AgentId desk)
{
    public const int MostOwners = 100, NoteBytes = 16 * 1024;
    private const int NoteKept = 1000;

    /// <summary>Whether there is something for the owner.</summary>
    public bool HasMore => state.Note is not null || state.Waiting.Count > 0;

    public void Open(string opener, DeskOpen open, DateTimeOffset now)
    {
        state.Opener = opener;
        Own(open.Owner, open.Note, now);
        state.Note = new DeskHanded(desk.ToString(), desk.Key, From: null, open.Note, Given: 0);
    }

    /// <summary>Lets a handover that was asked for take effect; nothing may be on its way to the owner.</summary>
    public void HandOver(DateTimeOffset now)
    {
        if (state.HandOff is not { } handOff)
        {
            return;
        }

        state.HandOff = null;
        if (handOff.To == state.Owner)
        {
            return;
        }

        var from = state.Owner;
        state.Before = from;
        Own(handOff.To, handOff.Note, now);
        state.Note = new DeskHanded(desk.ToString(), desk.Key, from, handOff.Note, state.Given);
    }

    /// <summary>The owner has handled what it got.</summary>
    public void Handled(DeskHandOff? handOff)
    {
        if (state.Note is not null)
        {
            state.Note = null;
        }
        else
        {
            state.Waiting.RemoveAt(0);
            state.Given++;
        }

        state.HandOff = handOff is not null && FindFault(handOff.To, handOff.Note) is null ? handOff : state.HandOff;
    }

    /// <summary>The owner will not handle what it got; true when that is to be a dead letter.</summary>
    public bool GiveUp(Refusal refusal, DateTimeOffset now)
    {
        if (state.Note is not { } note)
        {
            state.Waiting.RemoveAt(0);
            return true;
        }

        state.Note = null;
        if (note.Returned is not null || state.Before is not { } before)
        {
            return true;
        }

        state.Owners[^1] = state.Owners[^1] with { Refused = refusal.Code };
        var refusing = state.Owner;
        state.Before = null;
        Own(before, note.Note, now);
        state.Note = new DeskHanded(desk.ToString(), desk.Key, refusing, note.Note, state.Given, $"{refusal.Code}: {refusal.Message}");
        return false;
    }

    public static string? FindFault(string owner, string? note) =>
        !AgentId.TryParse(owner, defaultKind: null, out _, out var fault) ? fault
        : note is not null && Encoding.UTF8.GetByteCount(note) > NoteBytes ? $"A note holds {NoteBytes} bytes at most."
        : null;

    private void Own(string owner, string? note, DateTimeOffset now)
    {
        state.Owner = owner;
        state.NoteId = MessageId.New().Value;
        state.Owners.Add(new DeskOwner(owner, now, note?.Length > NoteKept ? note[..NoteKept] : note));
        if (state.Owners.Count > MostOwners)
        {
            state.Owners.RemoveAt(0);
        }
    }
}

/// <summary>How an owner's answer to what a desk gave it says that it hands over: in the same commit as its turn.</summary>
/// <param name="HandOff">To whom.</param>
internal sealed record DeskReply([property: JsonPropertyName("desk.hand-off")] DeskHandOff HandOff);
