using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// Whole asks in one process, of which a silo demands more and more, beside the same ask of which nothing is demanded. A
/// signed ask also has its payload written as JSON and read again, which a typed ask within one process else spares.
/// </summary>
internal static class TrustedAsks
{
    private const int Targets = 100;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        using var plain = await BenchmarkHost.StartAgentSiloAsync(SiloPorts.FindFree());
        (string Name, Action<ISiloBuilder> Demand)[] cases =
        [
            ("ask, 1,000 rules", silo => silo.UseAccessRules(access =>
            {
                TrustCases.AddRules(access, 1_000);
                access.Rules.Add(new AccessRule { From = "client/*", Send = "bench.*", To = $"{QuoteAgent.Kind}/*" });
            })),
            ("ask, signed", Sign),
            ("ask, signed and sealed", silo =>
            {
                Sign(silo);
                silo.UseEncryption(o => o.Groups.Add(TrustCases.CreateGroup($"{QuoteAgent.Kind}/*", Secret)));
            }),
        ];
        foreach (var (name, demand) in cases)
        {
            using var host = await BenchmarkHost.StartAgentSiloAsync(SiloPorts.FindFree(), demand);
            var rows = await new PairedRun(options).RunAsync(
                name, new OneCaller<AgentCall, QuoteReply>(AgentCall.To(host.Agents(), Targets)), new OneCaller<AgentCall, QuoteReply>(AgentCall.To(plain.Agents(), Targets)));
            foreach (var row in rows)
            {
                yield return row;
            }

            await host.StopAsync();
        }

        await plain.StopAsync();
    }

    private static byte[] Secret { get; } = RandomNumberGenerator.GetBytes(32);

    private static void Sign(ISiloBuilder silo)
    {
        silo.UseSignatures(SignaturePolicy.Always);
        silo.Services.Configure<KeyRingOptions>(keys => keys.Keys.Add(
            new SigningKey { Id = "bench", Identity = "*", Secret = Convert.ToHexString(Secret) }));
    }
}
