using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>Calls a tool that is a method. Whatever it throws is told to the model, and not repeated.</summary>
internal static partial class MethodCall
{
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static async Task<ChatCalled> RunAsync(
        ChatSetup setup, IServiceProvider services, ToolWish wish, ToolCallContext call, TimeSpan within, AgentHost host, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(within > TimeSpan.Zero ? within : TimeSpan.Zero, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var tools = await setup.ListToolsAsync(either.Token);
            if (tools.Tools.OfType<AIFunction>().FirstOrDefault(f => f.Name == wish.Tool) is not { } function)
            {
                return new ChatCalled(Result: null, $"There is no tool '{wish.Tool}' any more.");
            }

            var arguments = new AIFunctionArguments(wish.Arguments.EnumerateObject().ToDictionary(a => a.Name, a => (object?)a.Value, StringComparer.Ordinal), StringComparer.Ordinal)
            {
                Services = services,
                Context = new Dictionary<object, object?> { [ToolCallContext.Key] = call },
            };
            // A method that does not listen to its token is not waited for either.
            var result = await function.InvokeAsync(arguments, either.Token).AsTask().WaitAsync(either.Token);
            return new ChatCalled(result is null ? null : result as JsonElement? ?? JsonSerializer.SerializeToElement(result, PayloadJson.Options), Fault: null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new ChatCalled(Result: null, $"{wish.Tool} did not answer within {within}.");
        }
        catch (AgentRefusedException e)
        {
            return new ChatCalled(Result: null, $"{e.Code}: {e.Message}", ToolResult.IsModels(e.Refusal));
        }
        catch (Exception e)
        {
            // The boundary: the model learns that it failed, and no more.
            LogFailed(host.Logger, call.Agent, wish.Tool, e);
            return e is ArgumentException or JsonException
                ? new ChatCalled(Result: null, $"The arguments of {wish.Tool} do not fit; give one JSON object that keeps the tool's schema.", IsModels: true)
                : new ChatCalled(Result: null, $"{wish.Tool} failed ({e.GetType().Name}).");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tool {Tool} of {Agent} failed")]
    private static partial void LogFailed(ILogger logger, AgentId agent, string tool, Exception exception);
}
