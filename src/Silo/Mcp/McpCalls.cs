using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>Calls tools: sends agents what they are called with, in the caller's name, and tells what became of it.</summary>
internal sealed class McpCalls(McpCatalogue catalogue, McpRuns runs, SendEndpoints sending, HttpDoor door, CallerKeys keys)
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _open = new(StringComparer.Ordinal);

    /// <exception cref="McpProtocolException">There is no such tool.</exception>
    public async ValueTask<CallToolResult> CallAsync(McpCall call, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = call.FindRequestId();
        if (request is not null)
        {
            _open[request] = end;
        }

        try
        {
            return await CallOpenAsync(call, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return McpResults.Refuse(new Refusal(RefusalCodes.Cancelled, "The caller cancelled the call."));
        }
        catch (Exception e) when (e is not McpProtocolException && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // Whoever called may do better with the next call; an error of the protocol would not reach a model.
            return McpResults.Refuse(door.Explain(call.Http, e));
        }
        finally
        {
            if (request is not null)
            {
                _open.TryRemove(KeyValuePair.Create(request, end));
            }
        }
    }

    /// <summary>Cancels what another request of a session began: a call that is open here, or a run that is waited for on another silo.</summary>
    public Task CancelAsync(AgentId caller, string session, object request)
    {
        var id = McpCall.RequestIdOf(caller, session, request);
        return _open.TryGetValue(id, out var end) ? end.CancelAsync() : runs.AbandonAsync(caller, id);
    }

    private Task<CallToolResult> CallOpenAsync(McpCall call, CancellationToken cancellationToken) => call.Request.Params.Name switch
    {
        McpRunNames.Wait => runs.WaitAsync(call, cancellationToken),
        McpRunNames.Say => runs.SayAsync(call, cancellationToken),
        McpRunNames.Cancel => runs.CancelAsync(call, cancellationToken),
        var name => SendAsync(call, Demand(name), cancellationToken),
    };

    private McpTool Demand(string name) => catalogue.Find(name)
        ?? throw new McpProtocolException($"Unknown tool: '{PlainText.Show(name, PlainText.Quoted)}'.", McpErrorCode.InvalidParams);

    private async Task<CallToolResult> SendAsync(McpCall call, McpTool tool, CancellationToken cancellationToken)
    {
        var isRun = tool.Output.Form == McpOutputForm.Run;
        var message = HttpMessage.Make(
            call.Caller.Sender, FindAgent(call, tool), tool.Contract.Name, tool.Contract.Version, WritePayload(call, tool.Input),
            call.FindId() ?? (isRun ? call.FindRequestId() : null), call.FindConversation(), door.Limits);
        if (isRun)
        {
            return await runs.StartAsync(call, message, cancellationToken);
        }

        var wait = new SendOptions { Timeout = call.FindTimeout(keys.Current.MaxTimeout) ?? keys.Current.Timeout };
        return McpResults.Of(tool, message.Id, await sending.SendAsync(call.Http, message, wait, cancellationToken));
    }

    private static AgentId FindAgent(McpCall call, McpTool tool)
    {
        var name = tool.Input.Agent;
        var key = tool.Input.NeedsAgent || call.Arguments.ContainsKey(name) ? call.DemandText(name) : call.Caller.Sender.ToString();
        return AgentId.TryParse($"{tool.Kind}/{key}", defaultKind: null, out var agent, out var fault)
            ? agent
            : throw new AgentRefusedException(RefusalCodes.BadAddress, $"The argument '{name}': {fault}");
    }

    /// <summary>The payload as it is sent. Whether the contract takes it is for the agent's gate to say.</summary>
    private static ReadOnlyMemory<byte> WritePayload(McpCall call, McpInput input)
    {
        var written = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(written, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder });
        if (input.Payload is { } nested)
        {
            (call.Arguments.TryGetValue(nested, out var payload)
                ? payload
                : throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"The argument '{nested}' is missing.")).WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            foreach (var (name, value) in call.Arguments.Where(argument => argument.Key != input.Agent))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        json.Flush();
        return written.WrittenMemory;
    }
}
