using Microsoft.Extensions.DependencyInjection;

namespace OrleansAgents.Hosting;

/// <summary>
/// Starts the web server before the silo and stops it after, so that the health endpoints answer while the silo starts
/// and drains. The host starts its services in the order of their registration and always registers the web server
/// last; this is the one place that sees the finished list.
/// </summary>
internal sealed class WebFirstServiceProviderFactory : IServiceProviderFactory<IServiceCollection>
{
    private readonly DefaultServiceProviderFactory _inner = new(new ServiceProviderOptions());

    public IServiceCollection CreateBuilder(IServiceCollection services)
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i] is { IsKeyedService: false, ImplementationType.Name: "GenericWebHostService" } server)
            {
                services.RemoveAt(i);
                services.Insert(0, server);
                break;
            }
        }

        return _inner.CreateBuilder(services);
    }

    public IServiceProvider CreateServiceProvider(IServiceCollection containerBuilder) =>
        _inner.CreateServiceProvider(containerBuilder);
}
