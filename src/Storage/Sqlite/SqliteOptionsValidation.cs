using Microsoft.Extensions.Options;

namespace OrleansAgents.Sqlite;

/// <summary>Finds settings that cannot work; each sentence names the setting and the remedy.</summary>
internal sealed class SqliteOptionsValidation : IValidateOptions<SqliteStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, SqliteStoreOptions options)
    {
        var faults = FindFaults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static IEnumerable<string> FindFaults(SqliteStoreOptions options)
    {
        (bool Holds, string Otherwise)[] rules =
        [
            (!string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory is empty; name the directory of the file, such as data."),
            (Enum.IsDefined(options.Synchronous), "Synchronous must be Full or Normal; Full is the default."),
            (options.JournalBytes > 0, "JournalBytes must be 1 or more; 1 GiB is the default."),
            (options.FoldCommits > 0, "FoldCommits must be 1 or more; 400,000 is the default."),
            (options.FoldBytes > 0, "FoldBytes must be 1 or more; 64 MiB is the default."),
            (options.FoldInterval > TimeSpan.Zero, "FoldInterval must be above zero; 5 seconds is the default."),
            (options.CachedAgents > 0, "CachedAgents must be 1 or more; 200,000 is the default."),
            (options.GroupCommits > 0, "GroupCommits must be 1 or more; 4,096 is the default."),
            (options.WalBytes >= 1 << 20, "WalBytes must be 1 MiB or more; 64 MiB is the default."),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => $"{nameof(SqliteStoreOptions)}.{rule.Otherwise}");
    }
}
