using System.CommandLine;
using OrleansAgents.Security;

namespace OrleansAgents.Commands;

/// <summary>The key that messages are signed with; none unless told.</summary>
internal sealed class KeyOptions
{
    private const string FileVariable = "AGENTS_KEY_FILE";
    private const string SecretVariable = "AGENTS_KEY";
    private const string IdVariable = "AGENTS_KEY_ID";

    private readonly Option<string?> _file = new("--key-file")
    {
        Description = $"A file with the secret that messages are signed with. Unless told, what the environment's {FileVariable} says; {SecretVariable} may hold the secret itself.",
        HelpName = "path",
    };

    private readonly Option<string?> _id = new("--key-id")
    {
        Description = $"The name by which the silos know the key. Unless told, what the environment's {IdVariable} says.",
        HelpName = "id",
    };

    public IEnumerable<Option> All => [_file, _id];

    /// <summary>The key; null for none.</summary>
    /// <exception cref="UsageException">It cannot be used.</exception>
    public SigningKey? Read(ParseResult parse)
    {
        var file = parse.GetValue(_file) ?? Find(FileVariable);
        var id = parse.GetValue(_id) ?? Find(IdVariable);
        var secret = file is null ? Find(SecretVariable) : null;
        if (file is null && secret is null && id is null)
        {
            return null;
        }

        if ((file is null && secret is null) || id is null)
        {
            throw new UsageException($"A key has a secret and a name; give both --key-file, or {SecretVariable} in the environment, and --key-id.");
        }

        // Whatever its sender, a message goes out with this key: whom it signs for, the silos know.
        var key = new SigningKey { Id = id, File = file, Secret = secret, Identity = "*" };
        try
        {
            _ = new HashKey(key);
            return key;
        }
        catch (SecretKeyException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static string? Find(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;
}
