using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>The contracts of a kind as skills, and which one a message means.</summary>
internal static class Skills
{
    /// <summary>The member of a message's metadata that names its skill.</summary>
    public const string Member = "skill";

    private static readonly Contract Say = Contract.Of<ChatSay>();

    // What agents hear from the platform about runs and work of their own.
    private static readonly string[] Inside = ["run.", "runs.", "agent."];

    // A description stays the same object for as long as nothing changes.
    private static readonly ConditionalWeakTable<KindDescription, Offer> Offers = [];

    /// <summary>Whether agents of a kind can be told anything in words.</summary>
    public static bool Talks(KindDescription kind) => Find(kind).Talks;

    /// <summary>What a kind offers.</summary>
    public static ContractDescription[] Of(KindDescription kind) => Find(kind).Contracts;

    /// <summary>The id of a skill: the contract's name, with its version behind it where that is not 1.</summary>
    public static string IdOf(ContractDescription contract) => CloudEventNames.WriteType(contract.Type, contract.Version);

    public static bool IsSay(ContractDescription contract) => contract.Type == Say.Name && contract.Version == Say.Version;

    /// <summary>The skill that a request names, in its message or beside it; null where it names none.</summary>
    /// <exception cref="A2AException">It is no text.</exception>
    public static string? FindNamed(SendMessageRequest request)
    {
        JsonElement? named = request.Message.Metadata is { } inner && inner.TryGetProperty(Member, out var said) ? said
            : request.Metadata is { } outer && outer.TryGetProperty(Member, out said) ? said
            : null;
        return named switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            _ => throw A2AException.Invalid("message.metadata.skill", "The id of a skill is a text."),
        };
    }

    /// <summary>The message that an agent gets: what is said, or the data as it is for the contract that is named or is the only one.</summary>
    /// <exception cref="A2AException">There is no such skill, the parts are none for it, or it makes nothing that is accepted.</exception>
    public static (Contract Contract, object? Value, ReadOnlyMemory<byte> Payload) Choose(KindDescription kind, string? skill, IReadOnlyList<Part> parts, Remarks? remarks)
    {
        var (name, version) = skill is null ? (null, 0) : CloudEventNames.ReadType(skill);
        if (skill is null ? Talks(kind) : name == Say.Name && version == Say.Version && Talks(kind))
        {
            DemandAccepted(kind.OutputModes, remarks);
            return parts.FirstOrDefault(part => !MediaTypes.IsTalk(part)) is { } strange
                ? throw new A2AException(A2AError.ContentTypeNotSupported, $"Nothing of the type '{PlainText.Show(strange.MediaType!, PlainText.Quoted)}' is taken; {string.Join(", ", MediaTypes.Talk)} is.")
                : (Say, new ChatSay(parts, remarks), default);
        }

        var offered = Of(kind);
        var isOffered = skill is null ? offered.Length == 1 : Array.Exists(offered, c => c.Type == name && c.Version == version) || (kind.AnyContract && Contract.IsName(name));
        if (!isOffered)
        {
            throw A2AException.Invalid(
                "message.metadata.skill", $"{(skill is null ? "It is not there, and there are several skills" : "There is no such skill")}; name one of: {string.Join(", ", offered.Select(IdOf))}.");
        }

        DemandAccepted(MadeBySkills(kind), remarks);
        (name, version) = skill is null ? (offered[0].Type, offered[0].Version) : (name, version);
        if (parts is not [var only] || !MediaTypes.IsData(only))
        {
            throw new A2AException(A2AError.ContentTypeNotSupported, $"The skill {name} takes one part, with 'data' of the type {MediaTypes.Json}.");
        }

        return only.Data is { ValueKind: JsonValueKind.Object } payload
            ? (Contract.Untyped(name!, version), null, JsonMarshal.GetRawUtf8Value(payload).ToArray())
            : throw A2AException.Invalid("message.parts[0].data", $"The skill {name} takes a JSON object.");
    }

    /// <summary>The media types of what skills beside <c>chat.say</c> make: their answers, or what comes of the work; empty where its author does not say.</summary>
    public static IReadOnlyList<string> MadeBySkills(KindDescription kind) => kind.Works ? kind.OutputModes : MediaTypes.Data;

    private static void DemandAccepted(IReadOnlyList<string> made, Remarks? remarks)
    {
        if (made.Count > 0 && remarks?.Accepts is { } accepted && !MediaTypes.AreAccepted(made, accepted))
        {
            throw new A2AException(A2AError.ContentTypeNotSupported, $"configuration.acceptedOutputModes: It has none of what is made here: {string.Join(", ", made)}.");
        }
    }

    private static Offer Find(KindDescription kind) => Offers.GetValue(kind, static kind => new Offer(
        kind.AnyContract || kind.Contracts.Any(IsSay),
        [.. kind.Contracts.Where(c => !c.Own && c.UpcastTo is null && !Array.Exists(Inside, prefix => c.Type.StartsWith(prefix, StringComparison.Ordinal)))]));

    private sealed record Offer(bool Talks, ContractDescription[] Contracts);
}
