using Microsoft.Extensions.Logging;

namespace OrleansAgents.Sqlite;

/// <summary>What the store reports.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Agents and topics rest in {File}; {Entries} commits were taken from its journal in {Milliseconds} ms")]
    public static partial void Opened(ILogger logger, string file, long entries, long milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} commits were refused because they could not be written")]
    public static partial void CommitsFailed(ILogger logger, int count, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store's upkeep failed and is tried again later")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log could not be copied into the database; that is tried again later")]
    public static partial void CheckpointFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store's writer failed and takes no more commits; restart this process")]
    public static partial void Broken(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} is closed")]
    public static partial void Closed(ILogger logger, string file);
}
