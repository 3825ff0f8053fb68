using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Hosting;
using OrleansAgents.Security;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Hosting;

/// <summary>A silo with the HTTP interface, and beside it a bare endpoint that calls a raw grain.</summary>
internal sealed class HttpHost : IAsyncDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private readonly WebApplication _app;

    private HttpHost(WebApplication app, IPEndPoint address) => (_app, Address) = (app, address);

    public IPEndPoint Address { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Whose key it is.</summary>
    public static AgentId Caller { get; } = new("client", "bench");

    /// <summary>The header that says who calls.</summary>
    public static string Credentials => $"Authorization: Bearer {Key}";

    /// <param name="chooseStore">Chooses the store, and more; null for the store in memory.</param>
    public static async Task<HttpHost> StartAsync(Action<ISiloBuilder>? chooseStore = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Agents:Http:Keys:0:Id"] = "bench",
            ["Agents:Http:Keys:0:Identity"] = Caller.ToString(),
            ["Agents:Http:Keys:0:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(Key))),
            ["Agents:Http:Rate:PerSecond"] = "100000000",
        });
        var ports = SiloPorts.FindFree();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(ports.Silo, ports.Gateway).UseSignatures(SignaturePolicy.None).AddAgents().AddAgent<QuoteAgent>();
            (chooseStore ?? (static silo => silo.UseMemoryStorage()))(silo);
        });
        builder.AddAgentsHttp();
        var app = builder.Build();
        app.MapAgents();
        app.MapPost("/raw/{key}", static (string key, RawRequest request, IGrainFactory grains) => grains.GetGrain<IRawGrain>(key).AskAsync(request));
        await app.StartAsync();
        var url = new Uri(app.Urls.Single());
        return new HttpHost(app, new IPEndPoint(IPAddress.Loopback, url.Port));
    }

    /// <summary>A client as programs use it, that shows the key.</summary>
    public HttpClient CreateClient() => new()
    {
        BaseAddress = new Uri($"http://{Address}"), Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { Authorization = new("Bearer", Key) },
    };

    /// <summary>Calls with one request each, over connections of their own.</summary>
    /// <param name="callers">How many.</param>
    /// <param name="request">The request of each.</param>
    /// <param name="unlike">Digits within that are to be others each time; null where all requests are alike.</param>
    public async Task<HttpCall> ConnectAsync(int callers, Func<int, byte[]> request, string? unlike = null)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => HttpConnection.OpenAsync(Address)));
        return new HttpCall(connections, [.. Enumerable.Range(0, callers).Select(request)], unlike);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
