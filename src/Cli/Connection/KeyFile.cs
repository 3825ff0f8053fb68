using Microsoft.Extensions.Configuration;
using OrleansAgents.Commands;
using OrleansAgents.Security;

namespace OrleansAgents.Connection;

/// <summary>The key groups of a command, from a JSON file of the shape that <c>Agents:Encryption</c> has in a silo's settings.</summary>
internal static class KeyFile
{
    public const string Variable = "AGENTS_ENCRYPTION_KEYS";

    /// <summary>Reads the file, or the one that the environment names; null where neither does.</summary>
    /// <exception cref="UsageException">It cannot be read, or a group or a key in it cannot be used. No secret is ever said.</exception>
    public static EncryptionOptions? Find(string? path)
    {
        path ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;
        return path is null ? null : Read(path);
    }

    private static EncryptionOptions Read(string path)
    {
        var options = new EncryptionOptions();
        try
        {
            new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path)).Build().Bind(options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException or InvalidOperationException or ArgumentException)
        {
            // The reader's own words might quote what is in the file.
            throw new UsageException($"The file of keys '{path}' cannot be read ({e.GetType().Name}); give a JSON file with Groups.");
        }

        return options.Groups.Count == 0 ? throw new UsageException($"The file of keys '{path}' has no Groups; see docs/encryption.md.")
            : EncryptionOptionsValidation.FindFault(options) is { } fault ? throw new UsageException($"The file of keys '{path}': {fault}")
            : options;
    }
}
