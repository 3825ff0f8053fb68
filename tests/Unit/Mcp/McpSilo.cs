using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Tests.Endpoints;
using OrleansAgents.Tests.Redis;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>A silo with the endpoint, and with agents that take their time.</summary>
public sealed class McpSilo : IAsyncLifetime
{
    private WebApplication? _app;

    internal WebApplication App => _app!;

    internal Uri Url => new(App.Urls.First() + "/mcp");

    internal IAgentClient Shop => App.Services.GetRequiredService<IAgentClient>().As("client/shop");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Agents:Http:Keys:0:Id"] = "shop", ["Agents:Http:Keys:0:Identity"] = "client/shop", ["Agents:Http:Keys:0:Sha256"] = CallerKeysTests.Hash(McpHost.Key),
            ["Agents:Http:Keys:1:Id"] = "other", ["Agents:Http:Keys:1:Identity"] = "client/other", ["Agents:Http:Keys:1:Sha256"] = CallerKeysTests.Hash(McpHost.Other),
        });
        builder.Host.UseOrleans(silo => silo.UseLocalhostClustering(Ports.Next(), gatewayPort: 0).UseMemoryStorage().AddAgents().AddAgent<ScribeAgent>().AddAgent<TalkerAgent>());
        builder.AddAgentsHttp();
        _app = builder.Build();
        _app.MapAgents();
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    internal Task<McpClient> ConnectAsync(string? revision = null, string key = McpHost.Key) => McpHost.ConnectAsync(Url, revision, key);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}

/// <summary>Writes beside the turns, word by word.</summary>
/// <param name="Name">What its gates are known by.</param>
[Contract("scribe.write")]
internal sealed record ScribeWrite(string Name) : IRequest<ScribeBegun>;

internal sealed record ScribeBegun(string Name);

/// <summary>Answers at once, though its agent can do work.</summary>
[Contract("scribe.sum")]
internal sealed record ScribeSum(int One, int Other) : IRequest<ScribeTotal>;

internal sealed record ScribeTotal(int Total);

[Contract("scribe.fail")]
internal sealed record ScribeFail(bool Refuse = false) : IRequest<ScribeTotal>;

[Contract("scribe.ask")]
internal sealed record ScribeAsk;

[Contract("scribe.work")]
internal sealed record ScribeWork(string Name);

[Contract("scribe.done")]
internal sealed record ScribeDone(string Name);

internal sealed class ScribeState
{
    public string? Asking { get; set; }
}

[Agent("scribe", Public = true, Description = "Writes slowly.")]
internal sealed class ScribeAgent : Agent<ScribeState>, IHandle<ScribeWrite, ScribeBegun>, IHandle<ScribeSum, ScribeTotal>, IHandle<ScribeFail, ScribeTotal>, IHandle<ScribeAsk>,
    IHandle<RunSaid>, IHandle<ScribeDone>, IWork<ScribeWork, ScribeDone>
{
    /// <summary>What lets work go on, and what it says when it was told to stop, by its name.</summary>
    public static ConcurrentDictionary<string, (TaskCompletionSource Go, TaskCompletionSource Stopped)> Gates { get; } = new(StringComparer.Ordinal);

    public ValueTask<ScribeBegun> HandleAsync(ScribeWrite request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Begin(new ScribeWork(request.Name));
        return new(new ScribeBegun(request.Name));
    }

    public ValueTask<ScribeTotal> HandleAsync(ScribeSum request, AgentContext context, CancellationToken cancellationToken) => new(new ScribeTotal(request.One + request.Other));

    public ValueTask<ScribeTotal> HandleAsync(ScribeFail request, AgentContext context, CancellationToken cancellationToken) =>
        throw (request.Refuse ? new AgentRefusedException("scribe.tired", "Not now.") : new InvalidOperationException("a secret of the inside"));

    public ValueTask HandleAsync(ScribeAsk message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Asking = context.Run!.Id;
        context.Run.AskOwner("Which colour?");
        return default;
    }

    public ValueTask HandleAsync(RunSaid message, AgentContext context, CancellationToken cancellationToken)
    {
        context.RunOf(State.Asking!).Complete($"Wrote it in {message.Said.Parts[0].Text}.");
        return default;
    }

    public ValueTask HandleAsync(ScribeDone message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Run?.Complete("Written.", new Artifact("picture", [Part.OfBytes([1, 2, 3], "image/png", "a.png")], Last: true));
        return default;
    }

    public async Task<ScribeDone> WorkAsync(ScribeWork work, WorkContext context, CancellationToken cancellationToken)
    {
        var (go, stopped) = Gates[work.Name];
        await context.Run!.WriteAsync("Once ", "text", cancellationToken);
        await context.Run.FlushAsync(cancellationToken);
        try
        {
            await go.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            stopped.TrySetResult();
            throw;
        }

        await context.Run.WriteAsync("more.", "text", cancellationToken);
        return new ScribeDone(work.Name);
    }
}
