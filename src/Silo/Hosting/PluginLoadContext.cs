using System.Reflection;
using System.Runtime.Loader;

namespace OrleansAgents.Hosting;

/// <summary>
/// Loads a user's assembly with the dependencies that lie beside it. What it shares with the host comes from the host,
/// because a contract or a base class loaded twice is two types.
/// </summary>
internal sealed class PluginLoadContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private static readonly string[] Shared = ["OrleansAgents.", "Orleans.", "Microsoft.Orleans.", "Microsoft.Extensions."];

    private readonly AssemblyDependencyResolver _resolver = new(path);

    public Assembly LoadMain() => LoadFromAssemblyPath(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (FindInHost(assemblyName) is { } shared)
        {
            return shared;
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;

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
        catch (FileNotFoundException)
        {
            // The host has no such assembly, so it is the plugin's own.
            return null;
        }
    }
}
