namespace OrleansAgents.Security;

/// <summary>The policy of a silo.</summary>
internal sealed record ChosenPolicy(SignaturePolicy Policy);
