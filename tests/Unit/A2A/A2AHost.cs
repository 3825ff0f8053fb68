using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Demo;
using OrleansAgents.Endpoints;
using OrleansAgents.Hosting;
using OrleansAgents.Tests.A2A;
using OrleansAgents.Tests.Endpoints;
using OrleansAgents.Tests.Redis;
using Xunit;

[assembly: AssemblyFixture(typeof(A2AHost))]

namespace OrleansAgents.Tests.A2A;

/// <summary>A host with a silo, the demo agents and A2A, for all tests that call it; and beside it one that takes posts.</summary>
public sealed class A2AHost : IAsyncLifetime
{
    internal const string ShopKey = "the-key-of-the-shop", OtherKey = "the-key-of-another";

    /// <summary>An extension that the host knows and does not demand.</summary>
    internal const string Extension = "https://extensions.example/geo/v1";

    private readonly List<WebApplication> _apps = [];

    /// <summary>Where the host is.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Where posts are taken, at a name that the host posts to wherever it is.</summary>
    internal PostReceiver Posts { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Url = await StartAsync();
        await Posts.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        await Posts.DisposeAsync();
    }

    /// <summary>Stops one.</summary>
    internal Task StopAsync(Uri url) => _apps.Single(app => new Uri(app.Urls.First()).Port == url.Port).StopAsync();

    /// <summary>Starts one more, with settings of its own.</summary>
    internal async Task<Uri> StartAsync(string prefix = "/", bool withPush = true, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(((string[])
        [
            "Agents:Http:Keys:0:Id=shop", "Agents:Http:Keys:0:Identity=client/shop", $"Agents:Http:Keys:0:Sha256={CallerKeysTests.Hash(ShopKey)}",
            "Agents:Http:Keys:1:Id=other", "Agents:Http:Keys:1:Identity=client/other", $"Agents:Http:Keys:1:Sha256={CallerKeysTests.Hash(OtherKey)}",
            "Agents:Http:Rate:PerSecond=100000", $"Agents:A2A:Extensions:0:Uri={Extension}", .. settings,
        ]).Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])));
        builder.Host.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(Ports.Next(), gatewayPort: 0).UseMemoryStorage().AddAgents().AddDemoAgents().AddAgent<HearerAgent>().AddAgent<DoerAgent>();
            if (withPush)
            {
                silo.AddPushNotifications(push => push.Hosts.Add("localhost"));
            }
        });
        builder.AddAgentsHttp();
        var app = builder.Build();
        app.MapAgents(prefix);
        await app.StartAsync();
        _apps.Add(app);
        return new Uri(app.Urls.First() + prefix);
    }
}

/// <summary>Takes posts, and answers each as it is told.</summary>
internal sealed class PostReceiver : IAsyncDisposable
{
    private readonly Channel<Post> _posts = Channel.CreateUnbounded<Post>();
    private readonly WebApplication _app = Create();

    /// <summary>The statuses of the next answers; 200 behind them.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<int> Answers { get; } = new();

    public int Port { get; private set; }

    public string Url(string path) => $"http://localhost:{Port}/{path}";

    public async Task StartAsync()
    {
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/{path}", async (HttpContext context, string path) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            context.Response.StatusCode = path != "takes-all" && Answers.TryDequeue(out var status) ? status : 200;
            context.Response.Headers.Location = Url("redirected");
            _posts.Writer.TryWrite(new Post(path, await reader.ReadToEndAsync(context.RequestAborted), headers, context.Response.StatusCode));
        });
        await _app.StartAsync();
        Port = new Uri(_app.Urls.First()).Port;
    }

    private static WebApplication Create()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    /// <summary>The next post.</summary>
    public async Task<Post> NextAsync() => await _posts.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>A post that came.</summary>
internal sealed record Post(string Path, string Body, IReadOnlyDictionary<string, string> Headers, int Status);
