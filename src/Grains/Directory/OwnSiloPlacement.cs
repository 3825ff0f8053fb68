using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace OrleansAgents.Directory;

/// <summary>Places an agent on the silo whose address is its key.</summary>
internal sealed class OwnSiloPlacement : PlacementStrategy;

/// <summary>Has a class placed by <see cref="OwnSiloPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OwnSiloAttribute() : PlacementAttribute(new OwnSiloPlacement());

/// <summary>
/// Finds the silo that a key names. Where there is none the agent is placed on another, and tells its callers so: a
/// failure here would reach them as a general exception, after repeats.
/// </summary>
internal sealed class OwnSiloDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString();
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(
            Array.Find(silos, silo => silo.ToParsableString() == key)
            ?? Array.Find(silos, silo => silo.Equals(context.LocalSilo))
            ?? silos[0]);
    }
}
