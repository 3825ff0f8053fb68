namespace OrleansAgents.Commands;

/// <summary>The command cannot be run as it was told to, for a reason that its words alone do not show.</summary>
internal sealed class UsageException(string message) : Exception(message);
