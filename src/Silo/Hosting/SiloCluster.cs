using System.Net;
using Orleans.Configuration;
using OrleansAgents.Configuration;
using SiloOptions = OrleansAgents.Configuration.SiloOptions;

namespace OrleansAgents.Hosting;

/// <summary>Makes the silo part of its cluster: alone on its machine, or among those that share its Redis.</summary>
internal static class SiloCluster
{
    public static void UseCluster(this ISiloBuilder silo, SiloOptions options, SiloAddresses addresses)
    {
        if (options.Redis is not { } redis)
        {
            var address = addresses.Reached ?? IPAddress.Loopback;
            silo.UseLocalhostClustering(
                options.SiloPort, options.GatewayPort, new IPEndPoint(address, options.SiloPort), serviceId: options.Cluster, clusterId: options.Cluster);
        }
        else
        {
            if (options.Kubernetes)
            {
                // First, so that the cluster's name is the setting's and not one that the pod's environment holds: the store's keys go by it.
                silo.UseKubernetesHosting();
            }

            silo.UseRedisCluster(redis, options.Cluster);
            silo.Configure<ClusterMembershipOptions>(membership => SetPace(membership, options.Membership));
        }

        silo.Configure<EndpointOptions>(end =>
        {
            end.SiloPort = options.SiloPort;
            end.GatewayPort = options.GatewayPort;
            end.SiloListeningEndpoint = new IPEndPoint(addresses.Listen, options.SiloPort);
            end.GatewayListeningEndpoint = new IPEndPoint(addresses.Listen, options.GatewayPort);
            if (addresses.Reached is { } reached)
            {
                end.AdvertisedIPAddress = reached;
            }
        });
    }

    private static void SetPace(ClusterMembershipOptions membership, MembershipOptions options)
    {
        if (options.ProbeTimeout is { } timeout)
        {
            // In the proportion that holds unless told: a busy machine is given half as much again, and no more.
            (membership.ProbeTimeout, membership.MaxProbeTimeout) = (timeout, timeout * 1.5);
        }

        membership.NumMissedProbesLimit = options.MissedProbes ?? membership.NumMissedProbesLimit;
        membership.NumVotesForDeathDeclaration = options.Votes ?? membership.NumVotesForDeathDeclaration;
    }
}
