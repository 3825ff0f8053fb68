using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.A2A;

/// <summary>
/// The protocol's records as JSON, by the rules of ProtoJSON: members in camel case, null for what is not set, enums by their
/// full names, numbers as text where somebody writes them so, members that are not known passed over. No member may be there twice.
/// </summary>
/// <remarks>Reading throws <see cref="JsonException"/>. Limit the size before: nothing here does.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = Messaging.PayloadJson.MaxDepth,
    Converters =
    [
        typeof(PartJson), typeof(StructJson), typeof(TimeJson), typeof(SwitchJson), typeof(StateJson), typeof(RoleJson), typeof(ListJson<string>),
        typeof(ListJson<AgentMessage>), typeof(ListJson<AgentTask>), typeof(ListJson<TaskArtifact>), typeof(ListJson<PushConfig>),
        typeof(ListJson<AgentInterface>), typeof(ListJson<AgentExtension>), typeof(ListJson<AgentSkill>), typeof(ListJson<SecurityRequirement>),
        typeof(ListJson<CardSignature>), typeof(ListJson<ErrorDetail>), typeof(ListJson<FieldViolation>),
    ])]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(AgentMessage))]
[JsonSerializable(typeof(TaskArtifact))]
[JsonSerializable(typeof(AgentInterface))]
[JsonSerializable(typeof(AgentExtension))]
[JsonSerializable(typeof(AgentSkill))]
[JsonSerializable(typeof(SecurityRequirement))]
[JsonSerializable(typeof(CardSignature))]
[JsonSerializable(typeof(ErrorDetail))]
[JsonSerializable(typeof(FieldViolation))]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(SendMessageResponse))]
[JsonSerializable(typeof(StreamResponse))]
[JsonSerializable(typeof(AgentTask))]
[JsonSerializable(typeof(GetTaskRequest))]
[JsonSerializable(typeof(ListTasksRequest))]
[JsonSerializable(typeof(ListTasksResponse))]
[JsonSerializable(typeof(CancelTaskRequest))]
[JsonSerializable(typeof(CancelBody))]
[JsonSerializable(typeof(SubscribeToTaskRequest))]
[JsonSerializable(typeof(GetExtendedAgentCardRequest))]
[JsonSerializable(typeof(PushConfig))]
[JsonSerializable(typeof(GetPushConfigRequest))]
[JsonSerializable(typeof(ListPushConfigsRequest))]
[JsonSerializable(typeof(ListPushConfigsResponse))]
[JsonSerializable(typeof(DeletePushConfigRequest))]
[JsonSerializable(typeof(AgentCard))]
[JsonSerializable(typeof(RpcError))]
[JsonSerializable(typeof(HttpErrorBody))]
internal sealed partial class A2AJson : JsonSerializerContext;
