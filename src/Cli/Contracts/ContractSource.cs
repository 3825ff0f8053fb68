using OrleansAgents.Commands;
using OrleansAgents.Messaging;

namespace OrleansAgents.Contracts;

/// <summary>Where a command takes contracts from: a file, assemblies, or the cluster.</summary>
internal static class ContractSource
{
    /// <exception cref="UsageException">The file cannot be read or holds no list of contracts.</exception>
    public static async Task<IReadOnlyList<ContractEntry>> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return ContractList.Read(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (FormatException e)
        {
            throw new UsageException($"'{path}' cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {e.Message}");
        }
    }

    /// <summary>The contracts of the assemblies or, where none is named, of the cluster.</summary>
    /// <exception cref="UsageException">An assembly cannot be used.</exception>
    public static async Task<IReadOnlyList<ContractEntry>> ReadAsync(CommandSession session, string[] assemblies, CancellationToken cancellationToken)
    {
        if (assemblies.Length > 0)
        {
            return ContractAssemblies.Read(assemblies);
        }

        await using var silo = await session.ConnectAsync(cancellationToken);
        return ContractList.Order(silo.Kinds.List().SelectMany(k => silo.Kinds.FindSchemas(k.Kind)).ToArray());
    }
}
