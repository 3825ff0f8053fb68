using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansAgents.Intelligence;

/// <summary>Clients of models that somebody registered under a key of their own, which go before the models by name.</summary>
internal sealed class OwnModels(IServiceCollection services)
{
    /// <summary>Whether there is one; it is not made for that.</summary>
    public bool Has(string name) => services.Any(s => s.IsKeyedService && s.ServiceType == typeof(IChatClient) && Equals(s.ServiceKey, name));
}
