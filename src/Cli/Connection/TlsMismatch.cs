using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;
using OrleansAgents.Commands;
using OrleansAgents.Security;

namespace OrleansAgents.Connection;

/// <summary>Finds out whether a silo is there that just does not speak as the command does.</summary>
internal static class TlsMismatch
{
    private static readonly TimeSpan ListTime = TimeSpan.FromSeconds(2);

    /// <summary>What to say then; null where that is not why nobody answers.</summary>
    public static async Task<NoSiloException?> FindAsync(IServiceProvider services, Settings settings, CancellationToken cancellationToken)
    {
        var reason = services.GetService<HandshakeLog>()?.Last;
        if (settings.Tls is not null && reason is null)
        {
            return null;
        }

        foreach (var end in await ListAsync(services, cancellationToken))
        {
            var spoken = await TlsChoice.IsSpokenAtAsync(end, cancellationToken);
            if (settings.Tls is not null || spoken is true)
            {
                return settings.Target.NoTls(end, settings.Tls is not null, spoken is false ? null : reason);
            }
        }

        return null;
    }

    /// <summary>Some of the gateways there are: they are all set alike.</summary>
    private static async Task<IReadOnlyList<IPEndPoint>> ListAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        const int Enough = 2;
        try
        {
            var gateways = await services.GetRequiredService<IGatewayListProvider>().GetGateways().WaitAsync(ListTime, cancellationToken);
            return [.. gateways.Select(gateway => IPEndPoint.TryParse($"{gateway.Host}:{gateway.Port}", out var end) ? end : null).OfType<IPEndPoint>().Take(Enough)];
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }
}
