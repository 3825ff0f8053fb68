using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Blackboard;

/// <summary>
/// What a board's refusal says of versions. Its sentence begins with <c>The version is N;</c>, where N is the current
/// version, or with <c>The oldest version is N;</c>. That form is part of the contract.
/// </summary>
public static class BlackboardRefusal
{
    private const string Current = "The version is ";
    private const string Oldest = "The oldest version is ";

    /// <summary>
    /// The version that a refusal names: the current one for <see cref="BlackboardCodes.Conflict"/> and
    /// <see cref="BlackboardCodes.Unknown"/>, the oldest one for <see cref="BlackboardCodes.Gone"/>. False for any other refusal.
    /// </summary>
    public static bool TryReadVersion(Refusal refusal, out long version)
    {
        version = 0;
        var start = refusal.Code switch
        {
            BlackboardCodes.Conflict or BlackboardCodes.Unknown => Current,
            BlackboardCodes.Gone => Oldest,
            _ => null,
        };
        return start is not null && refusal.Message.StartsWith(start, StringComparison.Ordinal)
            && refusal.Message.IndexOf(';', StringComparison.Ordinal) is var end && end > start.Length
            && long.TryParse(refusal.Message.AsSpan(start.Length, end - start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }

    internal static AgentRefusedException Conflict(AgentId board, long current, long expected) =>
        new(BlackboardCodes.Conflict, string.Create(CultureInfo.InvariantCulture, $"{Current}{current}; {board} was expected to be at {expected}. Nothing was changed."));

    internal static AgentRefusedException Unknown(AgentId board, long current, long asked) =>
        new(BlackboardCodes.Unknown, string.Create(CultureInfo.InvariantCulture, $"{Current}{current}; {board} has no version {asked} yet."));

    internal static AgentRefusedException Gone(AgentId board, long oldest, long asked) =>
        new(BlackboardCodes.Gone, string.Create(CultureInfo.InvariantCulture, $"{Oldest}{oldest}; the history of {board} does not go back to {asked}."));
}

/// <summary>The board was at another version than expected; nothing was changed. Read it again, and try again from there.</summary>
public sealed class BlackboardConflictException(Refusal refusal, long version) : AgentException(refusal.Message, null)
{
    /// <summary>The version that the board is at.</summary>
    public long Version { get; } = version;

    /// <summary>What the board answered.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <inheritdoc/>
    public override string Code => Refusal.Code;
}
