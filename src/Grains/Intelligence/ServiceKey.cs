namespace OrleansAgents.Intelligence;

/// <summary>A key that is shown to a service elsewhere: where it is kept, and whether it may travel.</summary>
internal static class ServiceKey
{
    /// <summary>The key, from wherever it is; null for none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public static string? Read(string? key, string? file)
    {
        var read = file is null ? key?.Trim() : File.ReadAllText(file).Trim();
        return string.IsNullOrEmpty(read) ? null : read;
    }

    /// <summary>A sentence that names the setting and the remedy; null where nothing is wrong. It never holds a key.</summary>
    /// <param name="key">The key itself.</param>
    /// <param name="file">The file that it is in.</param>
    /// <param name="endpoint">Where it is shown.</param>
    /// <param name="at">How the settings are called.</param>
    public static string? FindFault(string? key, string? file, Uri? endpoint, string at)
    {
        if (key is not null && file is not null)
        {
            return $"{at}:Key and KeyFile are both set; give one of them.";
        }

        try
        {
            return file is not null && Read(key, file) is null
                ? $"{at}:KeyFile is '{file}', which is empty; put the key into it."
                : endpoint is { Scheme: "http", IsLoopback: false } && Read(key, file) is not null
                    ? $"{at}:Endpoint is {endpoint}, and the key would travel beyond this machine in the clear; give an https address."
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{at}:KeyFile is '{file}', which cannot be read ({e.Message.TrimEnd('.')}); give a file that the silo may read.";
        }
    }
}
