using System.Reflection;
using OrleansAgents.Configuration;

namespace OrleansAgents.Hosting;

/// <summary>Hosts the agents of the assemblies that the settings name.</summary>
internal static class UserAgents
{
    /// <exception cref="SettingsException">A file is missing, is no assembly or lacks a dependency.</exception>
    public static ISiloBuilder AddUserAgents(this ISiloBuilder silo, IList<string> paths)
    {
        for (var i = 0; i < paths.Count; i++)
        {
            AddFrom(silo, $"{SiloOptions.Section}:{nameof(SiloOptions.Assemblies)}:{i}", paths[i]);
        }

        return silo;
    }

    private static void AddFrom(ISiloBuilder silo, string setting, string path)
    {
        var full = string.IsNullOrWhiteSpace(path) ? "" : Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new SettingsException($"{setting} is '{path}', which is no file; give the path of a built assembly (.dll).");
        }

        try
        {
            silo.AddAgentsFrom(new PluginLoadContext(full).LoadMain());
        }
        catch (BadImageFormatException)
        {
            throw new SettingsException($"{setting} is '{path}', which is no .NET assembly; give the path of a built assembly (.dll).");
        }
        catch (InvalidOperationException e)
        {
            throw new SettingsException($"{setting} is '{path}', which holds a faulty agent: {e.Message}");
        }
        catch (Exception e) when (e is ReflectionTypeLoadException or TypeLoadException or IOException or UnauthorizedAccessException)
        {
            var cause = (e as ReflectionTypeLoadException)?.LoaderExceptions.FirstOrDefault(x => x is not null) ?? e;
            throw new SettingsException($"{setting} is '{path}', which cannot be loaded: {cause.Message.ReplaceLineEndings(" ")} Publish it with its dependencies and try again.");
        }
    }
}
