using OrleansAgents.Agents;

namespace OrleansAgents.Scheduling;

/// <summary>
/// The agents that one silo of several wakes first. Silos need not agree on it: one that nobody takes for its own, all
/// wake a little later.
/// </summary>
internal sealed class WakeShare(int index, int count)
{
    public static WakeShare Of(ISiloStatusOracle silos)
    {
        var (index, count) = (0, 1);
        foreach (var (silo, status) in silos.GetApproximateSiloStatuses(onlyActive: true))
        {
            if (status == SiloStatus.Active && !silo.Equals(silos.SiloAddress))
            {
                count++;
                index += silo.CompareTo(silos.SiloAddress) < 0 ? 1 : 0;
            }
        }

        return new WakeShare(index, count);
    }

    public bool Has(AgentId agent) =>
        count == 1 || GrainId.Create(agent.Kind, agent.Key).GetUniformHashCode() % (uint)count == index;
}
