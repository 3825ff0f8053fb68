using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;

namespace OrleansAgents.Mcp;

/// <summary>Tells clients that listen when the list of tools has changed: kinds came or went with a silo. Any silo can, for all know the cluster's manifest.</summary>
internal sealed class McpListening(McpCatalogue catalogue, IClusterManifestProvider manifests, OpenStreams streams, IHostApplicationLifetime lifetime)
{
    public async ValueTask<EmptyResult> ListenAsync(RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        using var place = Take();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var isWanted = request.Params.Notifications.ToolsListChanged == true;
        var granted = new SubscriptionsAcknowledgedNotificationParams { Notifications = new() { ToolsListChanged = isWanted ? true : null } };
        // Before it is said that changes will be told, so that none falls between.
        var known = catalogue.List;
        await SendAsync(
            request, NotificationMethods.SubscriptionsAcknowledgedNotification,
            (JsonObject)JsonSerializer.SerializeToNode(granted, McpJsonUtilities.DefaultOptions)!, either.Token);
        if (isWanted)
        {
            await TellChangesAsync(request, known, cancellationToken, either.Token);
        }

        return new EmptyResult { Meta = new JsonObject { [MetaKeys.SubscriptionId] = IdOf(request) } };
    }

    private IDisposable Take()
    {
        try
        {
            return streams.Take();
        }
        catch (AgentRefusedException e)
        {
            throw new McpException($"{e.Code}: {e.Message}", e);
        }
    }

    private async Task TellChangesAsync(
        RequestContext<SubscriptionsListenRequestParams> request, IReadOnlyList<Tool> known, CancellationToken left, CancellationToken cancellationToken)
    {
        try
        {
            // The first one is that of now.
            await foreach (var _ in manifests.Updates.WithCancellation(cancellationToken))
            {
                var now = catalogue.List;
                if (!AreEqual(known, now))
                {
                    known = now;
                    await SendAsync(request, NotificationMethods.ToolListChangedNotification, [], cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (!left.IsCancellationRequested)
        {
            // The silo stops: the answer ends as one does, and the client listens to another.
        }
    }

    private static bool AreEqual(IReadOnlyList<Tool> one, IReadOnlyList<Tool> other) =>
        ReferenceEquals(one, other)
        || JsonSerializer.SerializeToUtf8Bytes(one, McpJsonUtilities.DefaultOptions).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, McpJsonUtilities.DefaultOptions));

    private static Task SendAsync(RequestContext<SubscriptionsListenRequestParams> request, string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        parameters["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = IdOf(request) };
        return request.Server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = parameters }, cancellationToken);
    }

    private static JsonNode? IdOf(RequestContext<SubscriptionsListenRequestParams> request) => request.JsonRpcRequest.Id.Id switch
    {
        string text => JsonValue.Create(text),
        long number => JsonValue.Create(number),
        _ => null,
    };
}
