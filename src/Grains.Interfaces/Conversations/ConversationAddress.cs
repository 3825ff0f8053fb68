using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Agents;

namespace OrleansAgents.Conversations;

/// <summary>
/// Which agent keeps a conversation, and which knows that there is one. The id of a conversation is any text of a
/// sender's, and an agent's key is not: an id that is a key is the key, and any other is kept under its hash.
/// </summary>
public static class ConversationAddress
{
    /// <summary>The kind of the agents that keep conversations, one for each.</summary>
    public const string Kind = "conversation";

    /// <summary>The kind of the agents that know which conversations there are.</summary>
    public const string IndexKind = "conversations";

    /// <summary>How many agents share the list of conversations.</summary>
    public const int Shards = 16;

    /// <summary>What the key begins with where it is the hash of an id; 64 hexadecimal digits follow.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary>Every agent that knows conversations.</summary>
    public static IEnumerable<AgentId> All => Enumerable.Range(0, Shards).Select(Shard);

    /// <summary>
    /// The agent that keeps a conversation: <c>conversation/ID</c> where the id is the key of an address. One that is none,
    /// because it is too long, empty or unprintable, or that begins with <see cref="HashPrefix"/>, has the prefix and the
    /// SHA-256 of its UTF-8 as key, so that no id is taken for another.
    /// </summary>
    public static AgentId For(string conversation) =>
        !conversation.StartsWith(HashPrefix, StringComparison.Ordinal)
        && AgentId.TryParse($"{Kind}/{conversation}", defaultKind: null, out var agent, out _)
            ? agent
            : new AgentId(Kind, HashPrefix + Convert.ToHexStringLower(Hash(conversation)));

    /// <summary>The agent that lists a conversation.</summary>
    public static AgentId IndexFor(string conversation) => Shard(Hash(conversation)[0] % Shards);

    private static byte[] Hash(string conversation) => SHA256.HashData(Encoding.UTF8.GetBytes(conversation));

    private static AgentId Shard(int shard) => new(IndexKind, shard.ToString(CultureInfo.InvariantCulture));
}
