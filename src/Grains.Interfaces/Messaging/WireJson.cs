using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.Messaging;

/// <summary>The platform's own small records as JSON, source generated.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(IReadOnlyList<Problem>))]
[JsonSerializable(typeof(Agents.ContractDescription[]))]
internal sealed partial class WireJson : JsonSerializerContext;
