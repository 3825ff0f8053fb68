using System.Reflection;
using System.Runtime.Loader;
using OrleansAgents.Commands;
using OrleansAgents.Messaging;

namespace OrleansAgents.Contracts;

/// <summary>Reads the contracts of assemblies, without a silo: their records are all that is looked at.</summary>
internal static class ContractAssemblies
{
    /// <exception cref="UsageException">A file is missing, is no assembly, or holds a faulty contract.</exception>
    public static IReadOnlyList<ContractEntry> Read(IEnumerable<string> paths)
    {
        var catalogue = new ContractCatalogue();
        return ContractList.Order(paths.SelectMany(path => Read(path, catalogue)).ToArray());
    }

    private static IEnumerable<ContractEntry> Read(string path, ContractCatalogue catalogue)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new UsageException($"'{path}' is no file; give the path of a built assembly (.dll).");
        }

        try
        {
            return [.. FindTypes(new ContractLoadContext(full).LoadMain()).Where(t => t.IsDefined(typeof(ContractAttribute), inherit: false)).Select(t => ContractEntry.Of(catalogue.Add(t)))];
        }
        catch (BadImageFormatException)
        {
            throw new UsageException($"'{path}' is no .NET assembly; give the path of a built assembly (.dll).");
        }
        catch (InvalidOperationException e)
        {
            throw new UsageException($"'{path}' holds a faulty contract: {e.Message}");
        }
        catch (Exception e) when (e is TypeLoadException or IOException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be loaded: {e.Message.ReplaceLineEndings(" ")} Publish it with its dependencies and try again.");
        }
    }

    private static IEnumerable<Type> FindTypes(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            // Agents, whose base classes need not be here, are missed; records that are missed would be missed by everybody.
            return e.Types.OfType<Type>();
        }
    }
}

/// <summary>Loads an assembly with the dependencies that lie beside it; the platform's own come from this program.</summary>
internal sealed class ContractLoadContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private static readonly string[] Shared = ["OrleansAgents.", "Orleans.", "Microsoft.Orleans.", "Microsoft.Extensions."];

    private readonly AssemblyDependencyResolver _resolver = new(path);

    // The platform's own contracts are read from this program, too: a record loaded twice has no contract that we know.
    public Assembly LoadMain() => FindInHost(AssemblyName.GetAssemblyName(path)) ?? LoadFromAssemblyPath(path);

    protected override Assembly? Load(AssemblyName assemblyName) => FindInHost(assemblyName)
        ?? (_resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null);

    private static Assembly? FindInHost(AssemblyName name)
    {
        if (name.Name is not { } text || !Array.Exists(Shared, s => text.StartsWith(s, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        try
        {
            return Default.LoadFromAssemblyName(name);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException)
        {
            // This program has no such assembly, so it is the other's own.
            return null;
        }
    }
}
