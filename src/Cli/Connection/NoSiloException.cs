namespace OrleansAgents.Connection;

/// <summary>Nothing that is a silo answers where one should.</summary>
internal sealed class NoSiloException(GatewayAddress gateway, Exception? inner) : Exception(
    $"No silo answers at {gateway}; start one with 'dotnet run --project src/Silo', or name another with --gateway host:port.", inner);
