using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>The operations by JSON-RPC: one address, and the method says which.</summary>
internal sealed class JsonRpcEndpoint(A2AEndpoint endpoint, SendOperations sends, TaskOperations tasks, PushOperations push, CardOperations cards)
{
    public Task ServeAsync(HttpContext context)
    {
        var binding = new JsonRpcBinding();
        return endpoint.ServeAsync(context, binding, call => binding.Method switch
        {
            A2AProtocol.SendMessage => sends.SendAsync(call, binding.Read(A2AJson.Default.SendMessageRequest)),
            A2AProtocol.SendStreamingMessage => sends.StreamAsync(call, binding.Read(A2AJson.Default.SendMessageRequest)),
            A2AProtocol.GetTask => tasks.GetAsync(call, binding.Read(A2AJson.Default.GetTaskRequest)),
            A2AProtocol.ListTasks => tasks.ListAsync(call, binding.Read(A2AJson.Default.ListTasksRequest)),
            A2AProtocol.CancelTask => tasks.CancelAsync(call, binding.Read(A2AJson.Default.CancelTaskRequest)),
            A2AProtocol.SubscribeToTask => tasks.SubscribeAsync(call, binding.Read(A2AJson.Default.SubscribeToTaskRequest)),
            A2AProtocol.CreatePushConfig => push.CreateAsync(call, binding.Read(A2AJson.Default.PushConfig)),
            A2AProtocol.GetPushConfig => push.GetAsync(call, binding.Read(A2AJson.Default.GetPushConfigRequest)),
            A2AProtocol.ListPushConfigs => push.ListAsync(call, binding.Read(A2AJson.Default.ListPushConfigsRequest)),
            A2AProtocol.DeletePushConfig => push.DeleteAsync(call, binding.Read(A2AJson.Default.DeletePushConfigRequest)),
            A2AProtocol.GetExtendedAgentCard => cards.GetExtendedAsync(call, binding.Read(A2AJson.Default.GetExtendedAgentCardRequest)),
            var other => throw new A2AException(A2AError.MethodNotFound, $"There is no method '{PlainText.Show(other, PlainText.Quoted)}'."),
        });
    }
}
