using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Agents;

namespace OrleansAgents.Intelligence;

/// <summary>Whose spending a limit is for.</summary>
public enum LimitScope
{
    /// <summary>An agent's.</summary>
    Agent,

    /// <summary>That of a conversation, whoever spends in it.</summary>
    Conversation,

    /// <summary>That of whoever began it, such as a program outside or its user.</summary>
    Identity,
}

/// <summary>
/// Which agent keeps the budget of whom: <c>budget/agent:writer/anna</c>, <c>budget/conversation:ID</c> or
/// <c>budget/identity:client/shop</c>. A subject that is too long for a key, unprintable, or that begins with
/// <see cref="HashPrefix"/>, stands there as the prefix and its SHA-256.
/// </summary>
public static class BudgetAddress
{
    /// <summary>The kind of the agents that keep budgets, one for each subject.</summary>
    public const string Kind = "budget";

    /// <summary>What stands before the hash of a subject; 64 hexadecimal digits follow.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary>Who keeps an agent's budget.</summary>
    public static AgentId OfAgent(AgentId agent) => For(LimitScope.Agent, agent.ToString());

    /// <summary>Who keeps a conversation's budget.</summary>
    public static AgentId OfConversation(string conversation) => For(LimitScope.Conversation, conversation);

    /// <summary>Who keeps an identity's budget.</summary>
    public static AgentId OfIdentity(AgentId identity) => For(LimitScope.Identity, identity.ToString());

    internal static AgentId For(LimitScope scope, string subject)
    {
        var prefix = PrefixOf(scope);
        return !subject.StartsWith(HashPrefix, StringComparison.Ordinal) && subject.Length > 0
            && AgentId.TryParse($"{Kind}/{prefix}{subject}", defaultKind: null, out var agent, out _)
                ? agent
                : new AgentId(Kind, prefix + HashPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject))));
    }

    /// <summary>Whose budget a key names.</summary>
    internal static bool TryRead(string key, out LimitScope scope, out string subject)
    {
        foreach (var one in Enum.GetValues<LimitScope>())
        {
            if (key.StartsWith(PrefixOf(one), StringComparison.Ordinal) && key.Length > PrefixOf(one).Length)
            {
                (scope, subject) = (one, key[PrefixOf(one).Length..]);
                return true;
            }
        }

        (scope, subject) = (default, "");
        return false;
    }

    private static string PrefixOf(LimitScope scope) => scope switch
    {
        LimitScope.Agent => "agent:",
        LimitScope.Conversation => "conversation:",
        _ => "identity:",
    };
}
