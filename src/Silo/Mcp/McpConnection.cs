using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Mcp;

/// <summary>A connection to an MCP server elsewhere. It is used until it breaks, and then another is made.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    /// <summary>The most of an answer, or of an event, in bytes; the most tools; and the most pages that a list may have.</summary>
    public const int MaxBytes = 4 * 1024 * 1024, MaxTools = 128, MaxPages = 32;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closed = new();
    private volatile bool _hasChanged, _sendsTooMuch;
    private McpClient? _client;
    private Task _listening = Task.CompletedTask;

    private McpConnection()
    {
    }

    /// <summary>Whether the server said that its list is another by now.</summary>
    public bool HasChanged => _hasChanged;

    /// <summary>Whether it sent more at once than is taken.</summary>
    public bool SendsTooMuch => _sendsTooMuch;

    private McpClient Client => _client!;

    public static async Task<McpConnection> OpenAsync(string name, ToolServerOptions options, CancellationToken cancellationToken)
    {
        // A redirection could take the key elsewhere.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = Lifetime, ConnectTimeout = ConnectTimeout };
        var connection = new McpConnection();
        var http = new HttpClient(new BoundedAnswers(MaxBytes, () => connection._sendsTooMuch = true, handler)) { Timeout = Timeout.InfiniteTimeSpan };
        // The library's logs would hold names and texts of the server as they come.
        var transport = new HttpClientTransport(Describe(name, options), http, NullLoggerFactory.Instance, ownsHttpClient: true);
        try
        {
            connection._client = await McpClient.CreateAsync(transport, connection.Describe(options), NullLoggerFactory.Instance, cancellationToken);
            return connection;
        }
        catch
        {
            await transport.DisposeAsync();
            connection._closed.Dispose();
            throw;
        }
    }

    /// <summary>All tools that the server has, and until when that holds where it says so.</summary>
    public async Task<(IReadOnlyList<Tool> Tools, TimeSpan? Fresh)> ListAsync(CancellationToken cancellationToken)
    {
        // What changes while it is read is another change.
        _hasChanged = false;
        var (tools, page, pages) = (new List<Tool>(), new ListToolsRequestParams(), 0);
        TimeSpan? fresh = null;
        do
        {
            var read = await Client.ListToolsAsync(page, cancellationToken);
            tools.AddRange(read.Tools);
            fresh = read.TimeToLive;
            page.Cursor = read.NextCursor;
        }
        while (page.Cursor is not null && ++pages < MaxPages);

        Know(tools);
        Listen();
        return (tools, fresh);
    }

    public async Task<CallToolResult> CallAsync(string tool, IDictionary<string, JsonElement> arguments, CancellationToken cancellationToken) =>
        await Client.CallToolAsync(new CallToolRequestParams { Name = tool, Arguments = arguments }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await Client.DisposeAsync();
        await ((Task)_listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closed.Dispose();
    }

    private static HttpClientTransportOptions Describe(string name, ToolServerOptions options)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (ServiceKey.Read(options.Key, options.KeyFile) is { } key)
        {
            headers[options.Header ?? "Authorization"] = options.Header is null ? $"Bearer {key}" : key;
        }

        return new() { Endpoint = options.Endpoint!, Name = name, TransportMode = HttpTransportMode.StreamableHttp, AdditionalHeaders = headers };
    }

    private McpClientOptions Describe(ToolServerOptions options) => new()
    {
        ClientInfo = new Implementation { Name = "OrleansAgents", Version = typeof(McpConnection).Assembly.GetName().Version!.ToString() },
        InitializationTimeout = options.Timeout,
        Handlers = new McpClientHandlers
        {
            NotificationHandlers = [new(NotificationMethods.ToolListChangedNotification, (_, _) =>
            {
                _hasChanged = true;
                return default;
            })],
        },
    };

    /// <summary>Has the client know which arguments of a tool are shown in headers, too. A tool that says so wrongly is called without.</summary>
    private void Know(IReadOnlyList<Tool> tools)
    {
        Client.ClearKnownTools();
        foreach (var tool in tools.Where(tool => !string.IsNullOrEmpty(tool.Name)))
        {
            try
            {
                Client.AddKnownTools([tool]);
            }
            catch (ArgumentException)
            {
                // The server refuses what it does not like.
            }
        }
    }

    /// <summary>Listens for changes of the list, where the server tells of them so; those of older revisions tell unasked.</summary>
    private void Listen()
    {
        if (_listening.IsCompleted && Client.ServerCapabilities.Tools?.ListChanged == true
            && string.CompareOrdinal(Client.NegotiatedProtocolVersion, "2026-07-28") >= 0)
        {
            var wanted = new JsonObject { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } };
            _listening = Client.SendRequestAsync(new JsonRpcRequest { Method = RequestMethods.SubscriptionsListen, Params = wanted }, _closed.Token);
            // What changes while nobody listens is found when the list is read again.
            _ = _listening.ContinueWith(_ => _hasChanged = true, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
