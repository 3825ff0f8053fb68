using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>
/// Tools that are found while the silo runs, such as those of a server elsewhere. One of each name among the services;
/// agents that think with a model take them by it.
/// </summary>
public interface IToolSource
{
    /// <summary>What the source is called, by the rules of kinds.</summary>
    string Name { get; }

    /// <summary>The tools there are now, each with a name of 64 characters at most of letters, digits, underscores and hyphens.</summary>
    /// <exception cref="Agents.AgentRefusedException">They cannot be had now; the code and the sentence say why.</exception>
    ValueTask<IReadOnlyList<AIFunction>> ListAsync(CancellationToken cancellationToken);
}
