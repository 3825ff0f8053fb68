using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.A2A;

/// <summary>What an agent says of itself to those who may want to call it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Description">What it is good for.</param>
/// <param name="Version">The agent's own version.</param>
/// <param name="SupportedInterfaces">Where and how it can be called, the preferred way first.</param>
/// <param name="Capabilities">Which optional operations it has.</param>
/// <param name="DefaultInputModes">The media types that it takes.</param>
/// <param name="DefaultOutputModes">The media types that it makes.</param>
/// <param name="Skills">What it can do.</param>
/// <param name="Provider">Whose it is; null where it does not say.</param>
/// <param name="DocumentationUrl">Where there is more to read; null for nowhere.</param>
/// <param name="IconUrl">A picture of it; null for none.</param>
/// <param name="SecuritySchemes">How a caller can show who it is, by a name; null for none.</param>
/// <param name="SecurityRequirements">The schemes that a call needs, each entry being enough; null where a call needs none.</param>
/// <param name="Signatures">Signatures of the card; null for none.</param>
internal sealed record AgentCard(
    string Name, string Description, string Version, IReadOnlyList<AgentInterface> SupportedInterfaces, AgentCapabilities Capabilities,
    IReadOnlyList<string> DefaultInputModes, IReadOnlyList<string> DefaultOutputModes, IReadOnlyList<AgentSkill> Skills, AgentProvider? Provider = null,
    string? DocumentationUrl = null, string? IconUrl = null, IReadOnlyDictionary<string, SecurityScheme>? SecuritySchemes = null,
    IReadOnlyList<SecurityRequirement>? SecurityRequirements = null, IReadOnlyList<CardSignature>? Signatures = null);

/// <summary>A way to call an agent.</summary>
/// <param name="Url">Where, an absolute URL.</param>
/// <param name="ProtocolBinding">How: one of <see cref="A2AProtocol"/>'s bindings, or another that we do not speak.</param>
/// <param name="ProtocolVersion">The protocol's version, such as <c>1.0</c>.</param>
/// <param name="Tenant">What the caller has to send along as the tenant; null or empty for nothing.</param>
internal sealed record AgentInterface(string Url, string ProtocolBinding, string ProtocolVersion, string? Tenant = null);

/// <summary>Whose an agent is.</summary>
/// <param name="Url">Where to find them.</param>
/// <param name="Organization">Their name.</param>
internal sealed record AgentProvider(string Url, string Organization);

/// <summary>Which optional operations an agent has.</summary>
/// <param name="Streaming">Whether it streams; null for no.</param>
/// <param name="PushNotifications">Whether it posts changes of tasks; null for no.</param>
/// <param name="Extensions">The extensions that it knows; null for none.</param>
/// <param name="ExtendedAgentCard">Whether it has a card for those who have shown who they are; null for no.</param>
internal sealed record AgentCapabilities(
    bool? Streaming = null, bool? PushNotifications = null, IReadOnlyList<AgentExtension>? Extensions = null, bool? ExtendedAgentCard = null);

/// <summary>An extension of the protocol that an agent knows.</summary>
/// <param name="Uri">What it is known by.</param>
/// <param name="Description">What the agent does with it; null where it does not say.</param>
/// <param name="Required">Whether a caller has to know it, too.</param>
/// <param name="Params">Its settings, a JSON object; null for none.</param>
internal sealed record AgentExtension(
    string Uri, string? Description = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Required = false,
    JsonElement? Params = null);

/// <summary>Something that an agent can do.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">What it is.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="Examples">What one might say to have it done; null for none.</param>
/// <param name="InputModes">The media types that it takes; null for the agent's.</param>
/// <param name="OutputModes">The media types that it makes; null for the agent's.</param>
/// <param name="SecurityRequirements">The schemes that it needs; null for the agent's.</param>
internal sealed record AgentSkill(
    string Id, string Name, string Description, IReadOnlyList<string> Tags, IReadOnlyList<string>? Examples = null, IReadOnlyList<string>? InputModes = null,
    IReadOnlyList<string>? OutputModes = null, IReadOnlyList<SecurityRequirement>? SecurityRequirements = null);

/// <summary>A signature of a card, RFC 7515.</summary>
/// <param name="Protected">The protected header, base64url.</param>
/// <param name="Signature">The signature, base64url.</param>
/// <param name="Header">The header that is not protected, a JSON object; null for none.</param>
internal sealed record CardSignature(string Protected, string Signature, JsonElement? Header = null);
