using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Patterns;

/// <summary>What a group does next.</summary>
internal enum GroupMove
{
    AskMember,
    AskModerator,
    End,
}

/// <summary>Decides who speaks, and when a conversation is over. Pure: it knows no agents, and the time it is told.</summary>
internal sealed class GroupRun(GroupState state, string key)
{
    public const string TopicPrefix = "groups/";
    private const int MostMembers = 100, MostTurns = 1000, MostSent = 131_072, MostSaid = 32 * 1024, MostKept = 1024 * 1024, Patience = 3;

    private GroupStart Start => state.Start!;

    public static string? FindFault(GroupStart start, string key) =>
        !TopicId.TryParse(TopicPrefix + key, out _, out _) ? $"'{PlainText.Show(key, PlainText.Quoted)}' is no part of a topic's name: segments of letters, digits, dots, underscores and hyphens"
        : start.Members.Count is < 1 or > MostMembers ? $"A group has 1 to {MostMembers} members, and this one {start.Members.Count}."
        : start.Members.Append(start.Moderator ?? start.Members[0]).Select(a => AgentId.TryParse(a, defaultKind: null, out _, out var fault) ? null : fault).FirstOrDefault(f => f is not null) is { } bad ? bad
        : start.MaxTurns is < 1 or > MostTurns ? $"A group has 1 to {MostTurns} turns."
        : start.Within <= TimeSpan.Zero || start.TurnWithin <= TimeSpan.Zero ? "A group's times must be above zero."
        : start.TranscriptBytes is < 0 or > MostSent ? $"A member is sent 0 to {MostSent} bytes of the transcript."
        : Encoding.UTF8.GetByteCount(start.Topic) > MostSaid ? $"The topic holds {MostSaid} bytes at most."
        : null;

    public GroupMove Next(DateTimeOffset now)
    {
        state.Reason = state.Reason != GroupEnd.Open ? state.Reason
            : now >= state.Until ? GroupEnd.Deadline
            : state.Transcript.Count >= Start.MaxTurns ? GroupEnd.Turns
            : state.Bytes > MostKept ? GroupEnd.Full
            : Start.Moderator is null && state.Silent >= Start.Members.Count ? GroupEnd.Silence
            : GroupEnd.Open;
        if (state.Reason != GroupEnd.Open)
        {
            return GroupMove.End;
        }

        state.IsModeratorAsked = Start.Moderator is not null;
        if (state.IsModeratorAsked)
        {
            return GroupMove.AskModerator;
        }

        // Each in its place, also one that is a member twice.
        state.Speaker = Start.Members[state.Transcript.Count % Start.Members.Count];
        return GroupMove.AskMember;
    }

    /// <summary>Takes the moderator's word.</summary>
    public GroupMove Choose(PatternAnswer answer, DateTimeOffset now)
    {
        var choice = answer.TryRead<GroupChoice>();
        if (choice is { Speaker: null })
        {
            state.Reason = GroupEnd.Over;
        }
        else if (choice is null || !Start.Members.Contains(choice.Speaker, StringComparer.Ordinal))
        {
            state.Reason = ++state.Useless >= Patience ? GroupEnd.Moderator : state.Reason;
        }
        else if (now < state.Until)
        {
            (state.Useless, state.Speaker, state.IsModeratorAsked) = (0, choice.Speaker, false);
            return GroupMove.AskMember;
        }

        return Next(now);
    }

    /// <summary>Takes what the speaker said, or that it did not.</summary>
    public GroupEntry Hear(PatternAnswer answer)
    {
        var said = answer.TryRead<GroupSaid>();
        var failed = answer.Refusal?.Code ?? (said is null ? RefusalCodes.InvalidPayload : null);
        var entry = new GroupEntry(key, state.Transcript.Count + 1, state.Speaker!, said?.Text, said?.Content, failed);
        var size = Size(entry);
        if (size > MostSaid + 1024)
        {
            entry = entry with { Text = null, Content = null, Failed = "group.too-large" };
            size = Size(entry);
        }

        state.Silent = entry is { Text: null, Content: null } ? state.Silent + 1 : 0;
        state.Transcript.Add(entry);
        state.Bytes += size;
        return entry;
    }

    /// <summary>The end of the transcript, as far as the limit goes, and how many entries are before it.</summary>
    public (GroupEntry[] Entries, int Omitted) Latest()
    {
        var (omitted, bytes) = (state.Transcript.Count, 0);
        while (omitted > 0 && (bytes += Size(state.Transcript[omitted - 1])) <= Start.TranscriptBytes)
        {
            omitted--;
        }

        return ([.. state.Transcript.Skip(omitted)], omitted);
    }

    private static int Size(GroupEntry entry) => PayloadJson.Write(entry).Length;
}
