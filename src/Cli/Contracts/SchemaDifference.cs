using System.Text.Json.Nodes;

namespace OrleansAgents.Contracts;

/// <summary>Where two schemas say different things.</summary>
/// <param name="Pointer">A JSON pointer to the place.</param>
/// <param name="Rule">The keyword.</param>
/// <param name="IsNarrower">Whether the reader takes less than the sender may send; else it takes more.</param>
/// <param name="Sent">What the sender's schema says; null for nothing.</param>
/// <param name="Read">What the reader's schema says; null for nothing.</param>
internal sealed record SchemaDifference(string Pointer, string Rule, bool IsNarrower, JsonNode? Sent, JsonNode? Read);
