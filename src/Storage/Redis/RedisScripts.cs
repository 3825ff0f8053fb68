namespace OrleansAgents.Redis;

/// <summary>The scripts that run within Redis, each in a file of its own beside this one.</summary>
internal static class RedisScripts
{
    public static string Commit { get; } = Read("commit");

    public static string Load { get; } = Read("load");

    public static string Find { get; } = Read("find");

    public static string Checkpoint { get; } = Read("checkpoint");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(RedisScripts).Assembly.GetManifestResourceStream(typeof(RedisScripts), $"{name}.lua")!);
        return reader.ReadToEnd();
    }
}
