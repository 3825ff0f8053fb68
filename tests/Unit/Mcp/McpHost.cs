using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Server;
using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Tests.Endpoints;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>The endpoint in a web host of its own, before a cluster that only says which kinds it has and what it was sent.</summary>
internal sealed class McpHost : IAsyncDisposable
{
    public const string Key = "the-key-of-the-shop", Other = "the-key-of-another";

    private readonly List<HttpClient> _clients = [];

    private McpHost(WebApplication app, Cluster cluster) => (App, Sent) = (app, cluster);

    public WebApplication App { get; }

    public Cluster Sent { get; }

    public Uri Url => new(App.Urls.First() + "/mcp");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<McpHost> StartAsync(Type[] kinds, params string[] settings) => StartAsync(kinds, withOwnServer: false, settings);

    /// <param name="kinds">The kinds that the cluster has.</param>
    /// <param name="withOwnServer">Whether the host has a server of its own, too, at <c>/own</c>.</param>
    /// <param name="settings">Its settings.</param>
    public static async Task<McpHost> StartAsync(Type[] kinds, bool withOwnServer, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        string[] all =
        [
            "Agents:Http:Keys:0:Id=shop", "Agents:Http:Keys:0:Identity=client/shop", $"Agents:Http:Keys:0:Sha256={CallerKeysTests.Hash(Key)}",
            "Agents:Http:Keys:1:Id=other", "Agents:Http:Keys:1:Identity=client/other", $"Agents:Http:Keys:1:Sha256={CallerKeysTests.Hash(Other)}", .. settings,
        ];
        builder.Configuration.AddInMemoryCollection(all.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])));
        var cluster = new Cluster(kinds);
        builder.Services.AddSingleton<IClusterManifestProvider>(cluster).AddSingleton<IAgentClient>(cluster);
        builder.AddAgentsHttp();
        if (withOwnServer)
        {
            builder.Services.AddMcpServer().WithHttpTransport().WithTools([McpServerTool.Create(() => "mine", new() { Name = "own" })]);
        }

        var app = builder.Build();
        app.MapAgents();
        if (withOwnServer)
        {
            app.MapMcp("/own");
        }

        await app.StartAsync(Token);
        return new McpHost(app, cluster);
    }

    /// <summary>A client by the protocol's own library; null for the newest revision.</summary>
    public Task<McpClient> ConnectAsync(string? revision = null, string key = Key) => ConnectAsync(Url, revision, key);

    public static Task<McpClient> ConnectAsync(Uri url, string? revision, string key)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = url, TransportMode = HttpTransportMode.StreamableHttp, AdditionalHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {key}" },
        });
        return McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = revision }, cancellationToken: Token);
    }

    /// <summary>A request as whoever likes might write it.</summary>
    public async Task<(HttpStatusCode Status, string Body, HttpResponseHeaders Headers)> PostAsync(
        string body, string? key = Key, string type = "application/json", HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var http = new HttpClient();
        _clients.Add(http);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, Url);
        request.Content = method is null ? new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } } : null;
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token), response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await App.DisposeAsync();
    }

    /// <summary>The cluster: its manifest, and who answers in it.</summary>
    internal sealed class Cluster : IClusterManifestProvider, IAgentClient
    {
        private readonly ConcurrentDictionary<Channel<ClusterManifest>, byte> _watching = new();
        private int _version;

        public Cluster(Type[] kinds) => Current = Make(kinds);

        public ClusterManifest Current { get; private set; }

        public GrainManifest LocalGrainManifest => Current.AllGrainManifests[0];

        public IAsyncEnumerable<ClusterManifest> Updates => WatchAsync(CancellationToken.None);

        /// <summary>States of the cluster that somebody who watches it has dealt with, the first one included.</summary>
        public SemaphoreSlim Seen { get; } = new(0);

        public ConcurrentQueue<(Envelope Envelope, SendOptions? Options)> Messages { get; } = new();

        public Func<Envelope, CancellationToken, Task<Reply>> Answer { get; set; } = (_, _) => Task.FromResult(Reply.Accepted(null));

        public IReadOnlyList<KindDescription> Kinds => [];

        public AgentId Sender => "client/stand-in";

        /// <summary>The kinds of another state of the cluster.</summary>
        public void Change(params Type[] kinds)
        {
            Current = Make(kinds);
            foreach (var watcher in _watching.Keys)
            {
                watcher.Writer.TryWrite(Current);
            }
        }

        public RunHandle Run(string run) => throw new NotSupportedException();

        public IAgentClient As(AgentId sender) => this;

        public AgentHandle Agent(AgentId agent) => throw new NotSupportedException();

        public TopicHandle Topic(TopicId topic) => throw new NotSupportedException();

        public async ValueTask<Reply> SendAsync(Envelope envelope, SendOptions? options = null, CancellationToken cancellationToken = default)
        {
            Messages.Enqueue((envelope, options));
            return await Answer(envelope, cancellationToken);
        }

        private async IAsyncEnumerable<ClusterManifest> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var channel = Channel.CreateUnbounded<ClusterManifest>();
            _watching[channel] = 0;
            yield return Current;
            Seen.Release();
            await foreach (var next in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return next;
                Seen.Release();
            }
        }

        private ClusterManifest Make(Type[] kinds)
        {
            var grains = ImmutableDictionary.CreateBuilder<GrainType, GrainProperties>();
            foreach (var kind in kinds)
            {
                var properties = new Dictionary<string, string>(StringComparer.Ordinal);
                var attribute = HandlerTable.FindAttribute(kind);
                AgentManifest.Populate(attribute, kind, auditAll: false, properties);
                grains[GrainType.Create(attribute.Kind)] = new GrainProperties(properties.ToImmutableDictionary(StringComparer.Ordinal));
            }

            var silo = SiloAddress.New(IPAddress.Loopback, 11111, 1);
            var manifest = new GrainManifest(grains.ToImmutable(), ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty);
            return new ClusterManifest(new MajorMinorVersion(0, ++_version), ImmutableDictionary<SiloAddress, GrainManifest>.Empty.Add(silo, manifest));
        }
    }
}
