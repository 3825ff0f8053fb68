using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>Finds settings that cannot work; each sentence names the setting and the remedy.</summary>
internal sealed class RedisOptionsValidation : IValidateOptions<RedisStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisStoreOptions options)
    {
        var faults = FindFaults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static IEnumerable<string> FindFaults(RedisStoreOptions options)
    {
        (bool Holds, string Otherwise)[] rules =
        [
            (IsConnectionString(options.ConnectionString), "ConnectionString cannot be read; give host:port and then options such as password=… behind commas."),
            (IsPrefix(options.KeyPrefix), "KeyPrefix must be letters, digits, dots, hyphens and underscores, 64 at most; agents is the default."),
            (options.Partitions is null or (>= 1 and <= 1024), "Partitions must be from 1 to 1,024; null takes 16."),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => $"{nameof(RedisStoreOptions)}.{rule.Otherwise}");
    }

    // What is wrong with it is not said: it may hold a password.
    private static bool IsConnectionString(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsPrefix(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
