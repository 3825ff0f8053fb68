using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansAgents.Hosting;

/// <summary>
/// Knows when a connection to a silo is lost. Orleans leaves the calls that went by it waiting until their time is over;
/// here they are sent again by another way, under the same id.
/// </summary>
internal sealed class GatewayConnections
{
    private CancellationTokenSource _loss = new();

    /// <summary>Ends with the next loss.</summary>
    public CancellationToken Loss => Volatile.Read(ref _loss).Token;

    public static IClientBuilder Watch(IClientBuilder client)
    {
        client.Services.TryAddSingleton<GatewayConnections>();
        client.AddGatewayCountChangedHandler(services => services.GetRequiredService<GatewayConnections>().Changed);
        return client;
    }

    private void Changed(object? sender, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
        {
            // Not on this thread, which is that of the connection.
            _ = Interlocked.Exchange(ref _loss, new CancellationTokenSource()).CancelAsync();
        }
    }
}
