namespace OrleansAgents.Connection;

/// <summary>Nothing that is a silo answers where one should; the message is one sentence that says what to try.</summary>
internal sealed class NoSiloException(string message, Exception? inner) : Exception(message, inner);
