using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>Where registrations are kept: in a fixed number of agents, so that no single one has them all.</summary>
public static class DirectoryAddress
{
    /// <summary>The kind of the agents that keep registrations.</summary>
    public const string Kind = "directory";

    /// <summary>How many agents keep them.</summary>
    public const int Shards = 64;

    private static readonly AgentId[] Agents = [.. Enumerable.Range(0, Shards).Select(i => new AgentId(Kind, i.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>Every agent that keeps registrations.</summary>
    public static IReadOnlyList<AgentId> All => Agents;

    /// <summary>The agent that keeps the registration of another: a hash of the address says which, the same everywhere and for ever.</summary>
    public static AgentId For(AgentId agent)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(agent, hash);
        return Agents[hash[^1] % Shards];
    }

    /// <summary>The id under which the registration of an agent is kept: the same one for ever, so that a later one takes its place.</summary>
    internal static MessageId EntryOf(AgentId agent)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(agent, hash);
        // Of version 8, which is for ids of one's own making (RFC 9562).
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new MessageId(new Guid(hash[..16], bigEndian: true));
    }

    /// <summary>Orders addresses by kind and then by key, both by their UTF-16 units.</summary>
    internal static int Compare(AgentId one, AgentId other) => string.CompareOrdinal(one.Kind, other.Kind) is not 0 and var order
        ? order
        : string.CompareOrdinal(one.Key, other.Key);

    private static void Hash(AgentId agent, Span<byte> hash)
    {
        Span<byte> text = stackalloc byte[AgentId.MaxKindLength + 1 + (AgentId.MaxKeyLength * 3)];
        var length = Encoding.UTF8.GetBytes(agent.Kind, text);
        text[length++] = (byte)'/';
        length += Encoding.UTF8.GetBytes(agent.Key, text[length..]);
        SHA256.HashData(text[..length], hash);
    }
}
