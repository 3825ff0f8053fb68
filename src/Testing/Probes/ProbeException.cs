namespace OrleansAgents.Testing.Probes;

/// <summary>A probe did not get what the test expected; the message says what it got instead.</summary>
public sealed class ProbeException(string message, Exception? inner = null) : Exception(message, inner);
