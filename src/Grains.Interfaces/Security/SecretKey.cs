using System.Text;

namespace OrleansAgents.Security;

/// <summary>A secret by its name, as configuration has it. Nothing that the platform says of it holds the secret.</summary>
public class SecretKey
{
    /// <summary>The name that messages carry: 1 to 64 letters, digits, dots, hyphens or underscores of ASCII.</summary>
    public string Id { get; set; } = "";

    /// <summary>The secret itself; null where <see cref="File"/> has it.</summary>
    public string? Secret { get; set; }

    /// <summary>A file whose text is the secret, without the line break at its end; read again when it changes. Null where <see cref="Secret"/> has it.</summary>
    public string? File { get; set; }

    /// <summary>
    /// Whether messages made here may use the key. False for one that is only good for reading what others made, as during
    /// a rotation. True unless told; of several the first is used.
    /// </summary>
    public bool Use { get; set; } = true;

    /// <summary>Reads the secret.</summary>
    /// <exception cref="SecretKeyException">There is none, or it cannot be read; the message names the key and never the secret.</exception>
    internal byte[] Read()
    {
        if (Id.Length is 0 or > 64 || Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw new SecretKeyException("A key has no Id, or one that is none; give 1 to 64 letters, digits, dots, hyphens or underscores.");
        }

        if (Secret is null == File is null)
        {
            throw new SecretKeyException($"The key '{Id}' has {(Secret is null ? "neither Secret nor File" : "both Secret and File")}; give one of them.");
        }

        try
        {
            var text = Secret ?? System.IO.File.ReadAllText(File!).TrimEnd('\r', '\n');
            return text.Length > 0 ? Encoding.UTF8.GetBytes(text) : throw new SecretKeyException($"The key '{Id}' has an empty secret.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SecretKeyException($"The file '{File}' of the key '{Id}' cannot be read ({e.GetType().Name}).");
        }
    }
}

/// <summary>A key of the configuration cannot be used.</summary>
public sealed class SecretKeyException(string message) : Exception(message);
