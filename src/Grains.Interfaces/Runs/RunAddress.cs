using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>Which agent keeps a run, and which knows the runs of somebody.</summary>
public static class RunAddress
{
    /// <summary>The kind of the agents that keep runs, one for each.</summary>
    public const string Kind = "run";

    /// <summary>The kind of the agents that know which runs somebody started.</summary>
    public const string IndexKind = "runs";

    /// <summary>The agent that keeps a run.</summary>
    /// <exception cref="FormatException"><paramref name="run"/> cannot be the key of an address.</exception>
    public static AgentId Of(string run) => new(Kind, run);

    /// <summary>The agent that lists what an owner started. An address that is too long for a key is replaced by the SHA-256 of its UTF-8.</summary>
    public static AgentId IndexFor(AgentId owner)
    {
        var name = owner.ToString();
        return AgentId.TryParse($"{IndexKind}/{name}", defaultKind: null, out var index, out _)
            ? index
            : new AgentId(IndexKind, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
    }

    /// <summary>The id under which the list keeps what it knows of a run, so that the next takes its place.</summary>
    internal static MessageId EntryOf(string run) => MessageId.Hashed(run);
}
