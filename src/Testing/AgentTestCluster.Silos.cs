using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using OrleansAgents.Agents;

namespace OrleansAgents.Testing;

/// <content>Silos that come, go, die, and lose one another.</content>
public sealed partial class AgentTestCluster
{
    /// <summary>Starts one silo more, and waits until the others and the client know it and its kinds.</summary>
    public async Task<TestSilo> StartSiloAsync()
    {
        var silo = new TestSilo(await _cluster.StartAdditionalSiloAsync());
        _silos = _silos.Add(silo);
        await _cluster.WaitForLivenessToStabilizeAsync();
        await LearnKindsAsync(CancellationToken.None);
        return silo;
    }

    /// <summary>Stops a silo as its host would: its agents finish their turns, store what they have to send, and come back elsewhere.</summary>
    public async Task StopSiloAsync(TestSilo silo)
    {
        _silos = _silos.Remove(silo);
        await _cluster.StopSiloAsync(silo.Handle);
    }

    /// <summary>
    /// Kills a silo: what it has not committed is lost, and nothing that still runs in it can send or commit. The other
    /// silos know at once, so this does not test how fast a dead silo is noticed. Every message under way in the cluster
    /// loses its answer, also between other silos, and is repeated by its sender.
    /// </summary>
    public async Task KillSiloAsync(TestSilo silo)
    {
        silo.Life.Kill();
        await LoseAsync(silo);
    }

    /// <summary>
    /// Takes a silo off the network, as a broken switch does: the others declare it dead and start its agents anew, while
    /// its own go on with their running turns and reach the store. Then there are two activations of an agent, and what
    /// the lost one commits too late, the store refuses. The silo does not come back. <see cref="IdleAsync"/> may wait in
    /// vain behind it, for a message that one of two activations meant to repeat and the other had sent; ask the store.
    /// </summary>
    public async Task PartitionSiloAsync(TestSilo silo)
    {
        foreach (var other in _silos.Remove(silo))
        {
            Cut(silo, other);
        }

        silo.Life.Lose();
        await LoseAsync(silo);
    }

    private async Task LoseAsync(TestSilo silo)
    {
        _silos = _silos.Remove(silo);
        _network.Traffic.LoseAll();
        await _cluster.KillSiloAsync(silo.Handle);
        if (_silos.Count > 0)
        {
            await _cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        }

        // Those that were sent to it before everybody knew.
        _network.Traffic.LoseAll();
        _network.Traffic.Forget(flight => flight.Silo is { IsLost: true });
    }

    /// <summary>The silo in which an agent is active; null when it is in none. While an agent moves it may still be the one that it leaves.</summary>
    public TestSilo? FindSilo(AgentId agent) =>
        Find(agent) is { } context ? _silos.Find(s => s.Handle.SiloAddress.Equals(context.Address.SiloAddress)) : null;

    /// <summary>
    /// Loses every message between agents of two silos, both ways, until <see cref="Heal"/>. Membership does not notice, so
    /// neither silo is declared dead, and messages from outside get through.
    /// </summary>
    public void Cut(TestSilo one, TestSilo other) => _network.Cut(one.Name, other.Name);

    /// <summary>Ends every <see cref="Cut"/>.</summary>
    public void Heal() => _network.Heal();

    /// <summary>Waits until the client and every silo know which kinds the silos host.</summary>
    private async Task LearnKindsAsync(CancellationToken cancellationToken)
    {
        var silos = _silos;
        foreach (var services in silos.Select(silo => silo.Services).Prepend(_cluster.Client.ServiceProvider))
        {
            await foreach (var manifest in services.GetRequiredService<IClusterManifestProvider>().Updates.WithCancellation(cancellationToken))
            {
                if (silos.All(silo => manifest.Silos.ContainsKey(silo.Handle.SiloAddress)))
                {
                    break;
                }
            }
        }
    }
}
